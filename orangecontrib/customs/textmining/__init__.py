"""What words tell codes apart (paper 2): stop-words, experts' keywords, sizes of vocabulary."""
