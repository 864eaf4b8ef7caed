"""The parameters and the answers of Huawei's operations, field by field; one module a family."""
