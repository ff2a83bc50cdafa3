"""``storage``: looking at a workspace's memory and changing it, without running the plugin."""
