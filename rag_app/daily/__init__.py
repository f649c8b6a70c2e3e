"""What a reader opens each morning: the brief of the newest days, what is followed, an order for this reader.

Open `brief` first. No language model is needed for any of it.
"""
