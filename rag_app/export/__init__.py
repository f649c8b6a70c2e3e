"""Papers and conversations as files of other tools.

Open `reference` first: what every format is made of. `formats` lists the formats.
"""
