"""What Huawei NLP translates: texts and documents."""
