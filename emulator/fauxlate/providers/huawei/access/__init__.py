"""Who calls Huawei Cloud: IAM tokens and the signatures of API Gateway and of object storage."""
