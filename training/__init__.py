"""Training of chip's speaker network: recordings of people in, weights and their proof out.

    python3 -m training.train FOLDER OUT        trains, evaluates and exports; see --help
    python3 -m training.evaluate WEIGHTS FOLDER how well a network tells people apart
    python3 -m training.export WEIGHTS OUT      weights as the C program reads them

docs/TRAINING.md says what it takes. Nothing of this is needed to run chip.
"""
