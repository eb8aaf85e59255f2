"""A year in a minute (模拟一年): the real stack on scratch servers, with a virtual clock."""
