"""A small careful client of each provider over plain HTTP, as somebody writes it who has read the documents.

It submits, polls a bounded number of times and fetches. It repeats what the documents say is worth repeating, a bounded
number of times: always if nothing was done, and if that is in doubt only what can do no harm twice. It records every
call, and raises nothing but `StoppedError` for what a provider does.
"""
