"""Pure drawings of the app's own things: frozen data and a Look in, a Picture out. No Textual here."""
