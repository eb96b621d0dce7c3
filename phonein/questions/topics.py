"""What questions are about: a short list, so that people can say it without writing detail."""

TOPICS = {
    "supporting_colleagues": "Supporting a colleague",
    "trauma_safeguards": "Difficult events and what protects us",
    "workload_and_rest": "Workload, shifts and sleep",
    "professional_boundaries": "Professional boundaries",
    "influencing_organisation": "Influencing the organisation",
    "lone_working": "Lone working",
    "reflective_practice": "Reflective practice",
    "supervision": "Supervision",
    "risky_situations": "Risky situations",
    "sickness_and_return": "Sickness and coming back",
    "celebrating_success": "What goes well",
    "post_traumatic_growth": "Growing through it",
    "off_topic": "Something else",
}
