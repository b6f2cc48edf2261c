"""The national indicators measured a second time, apart from the pipeline: plain pandas over the files that came.

It is written from the words of the indicator catalogue and of decision 0004, and shares no code with what measures them
in the warehouse. Where the two differ, one of them misreads the words: `make oracle`.
"""
