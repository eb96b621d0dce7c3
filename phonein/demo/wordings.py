"""Wordings for reading aloud, by topic: what those who lead make of the questions of the demonstration."""

OPENING = "Welcome. Nobody’s name is said here. What was asked is read out in our words. Leave whenever you need to."
CLOSING = "Thank you for asking, and for listening. There is somebody to talk to day and night: Samaritans, 116 123."

NOTES = {
    "trauma_safeguards": "Speaks of a death at work.",
    "risky_situations": "Speaks of violence at work.",
}

WORDINGS = {
    "supporting_colleagues": (
        "How do I support a colleague who has gone quiet after a hard time, without making it a big thing?",
        "A colleague says that they are fine, and I do not believe it. What can I say?",
    ),
    "trauma_safeguards": (
        "What protects us in the first days after something terrible has happened at work?",
        "How do I know whether what I feel after an incident is still usual?",
    ),
    "workload_and_rest": (
        "How do I rest between shifts when there is never an end to the work?",
        "What helps with sleep after nights?",
    ),
    "professional_boundaries": (
        "Somebody I supervise tells me more than I can carry. Where is the line?",
        "How do I stay kind and still say no?",
    ),
    "influencing_organisation": (
        "How do I get those above me to hear what the work does to people?",
        "What can one person change in a large organisation?",
    ),
    "lone_working": (
        "I work alone most days. How do I notice in time that I am not all right?",
        "Who looks after those who are never in the same building twice?",
    ),
    "reflective_practice": (
        "How can a team reflect together when nobody has time?",
        "What is the use of talking about it once more?",
    ),
    "supervision": (
        "My supervision is all about targets. How do I ask for the other half?",
        "What makes supervision safe enough to be honest in?",
    ),
    "risky_situations": (
        "How do I go back to a place where I was afraid?",
        "We joke about danger. When does that stop being healthy?",
    ),
    "sickness_and_return": (
        "How do I come back after months away when everybody is looking?",
        "What do I say to a colleague who is returning?",
    ),
    "celebrating_success": (
        "How do we notice what went well when nobody has time to say it?",
        "Is it all right to be proud of a good day after a bad year?",
    ),
    "post_traumatic_growth": (
        "Can something good come of the worst year, and may I say so?",
        "How do people grow through this work and not only survive it?",
    ),
    "off_topic": (
        "Is there anything that we can do about the place in which we work?",
        "Who decides which of our questions are taken?",
    ),
}
