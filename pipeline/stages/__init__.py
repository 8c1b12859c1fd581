"""One room per stage; no stage imports another. `order` lists them."""
