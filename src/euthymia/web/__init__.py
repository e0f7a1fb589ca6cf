"""The web application's server: the same verbs as everywhere else, asked over HTTP and answered as JSON."""
