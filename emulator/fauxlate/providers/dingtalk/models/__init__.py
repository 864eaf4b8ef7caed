"""The parameters and responses of DingTalk's operations, field by field; one module a family."""
