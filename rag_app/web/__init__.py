"""The Streamlit page: views above widgets, widgets above state, state above the texts."""
