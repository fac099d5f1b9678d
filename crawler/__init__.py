"""What did the server say, and when?

The crawler asks websites, knowledge bases and folders of saved pages for their documents and
stores what came back: one visit per fetch, each content once. It knows no product, no claim and
no truth; those are the auditor's. Read ``snapshot`` (the only product), ``config`` (what a source
is), ``run`` (one crawl from start to end), ``store`` (what is kept, and how).
"""
