"""Tables of categories and numbers beside scikit-learn's boosting and logistic regression."""
