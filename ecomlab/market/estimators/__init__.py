"""How what is true of a market is found from its data: for each question of `questions` the estimator that is right, and the one that suggests itself.

A file for each theme. Each function takes a data set (`ecomlab.data.open`) and gives a number. They need the extra `analytics`: scipy and statsmodels
do what is theirs. The notebooks show these very functions, and the tests hold them against a hundred markets whose truth is known.
"""
