"""The spine and its faults over real servers: databases, queues, mail servers, a stand-in for Twilio."""
