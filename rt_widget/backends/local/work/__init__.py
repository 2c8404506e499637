"""What a session does beside the protocol: recognising, preparing, answering."""
