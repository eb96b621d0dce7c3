"""The facilitator's side: from released questions to an agenda."""
