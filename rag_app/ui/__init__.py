"""The pages of the app: with `app.py` the only modules that import streamlit."""
