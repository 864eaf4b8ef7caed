"""The parameters and responses of alimt's operations, field by field; one module a family.

Source, where a class names none: the page of the operation it is named after, api-alimt-2018-10-12, and the metadata
of 2024-07-30 behind it. Which parameters are required, and where each is sent, is as the metadata say.
"""
