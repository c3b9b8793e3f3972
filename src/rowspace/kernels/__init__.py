"""③ The only compiled code: functions on arrays, no classes."""
