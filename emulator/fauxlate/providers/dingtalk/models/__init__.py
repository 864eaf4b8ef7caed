"""What DingTalk's operations are asked and what they answer, field by field; one module a family."""
