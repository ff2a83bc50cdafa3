"""What rounds reveal."""
