"""Questions of the demonstration as they were read aloud, and what was answered: written for it, asked by nobody."""

from typing import Any

ANSWERS: list[dict[str, Any]] = [
    {
        "words": "How do I support a colleague who has gone quiet after a hard shift, without making it a big thing?",
        "theme": "supporting_colleagues",
        "asked": 6,
        "answers": [
            "Do something ordinary beside them. A brew, the walk to the car park, sharing a job. Say what you see, "
            "not what you think it means: “You’ve been quieter since Tuesday.” Then leave a gap.\n\nMost people do "
            "not want to be fixed, they want to be noticed. If they say they are fine, believe them for now, and ask "
            "again in a few days. If you are worried for their safety, ask straight out and stay with them while you "
            "ring for help together."
        ],
    },
    {
        "words": "After something difficult at work I cannot switch off at home. What helps?",
        "theme": "trauma_safeguards",
        "asked": 5,
        "answers": [
            "Put something between work and home that happens every time: the same song, a change of clothes, ten "
            "minutes alone. Tell one person “rough day, I don’t want to talk about it yet.” Move your body before "
            "you sit down.\n\nBad sleep, pictures coming back and a short fuse are usual for some weeks. If they are "
            "not easing after a month, or they get in the way sooner, ask for support: care team, TRiM or GP.",
            "Put something between work and home that happens every time: the same song, a change of clothes, ten "
            "minutes alone. Tell one person “rough day, I don’t want to talk about it yet.” Move your body before "
            "you sit down.\n\nBad sleep, pictures coming back and a short fuse are usual for some weeks. You need not "
            "wait for a month to be over: ask for support whenever it gets in the way. Care team, TRiM or GP.",
        ],
        "what_changed": "You do not have to wait for a month before you ask for support. The first answer could be "
        "read as if you had.",
    },
    {
        "words": "How do I sleep between two nights when the house is awake?",
        "theme": "workload_and_rest",
        "asked": 4,
        "answers": [
            "Aim for one long block as soon as you are home, a nap before you go back. Dark, cool, phone in another "
            "room. Stop coffee six hours before you want to sleep. Agree one sign with the people you live with that "
            "means “asleep”, and one thing for which they may wake you.\n\nIf you drive home drowsy, stop. No shift is "
            "worth it, and no manager should think it is."
        ],
    },
    {
        "words": "Somebody I supervise has begun to tell me about their private life. Where is the line?",
        "theme": "professional_boundaries",
        "asked": 1,
        "answers": [
            "Listening is not a breach; keeping secrets can become one. Say early what you can and cannot keep to "
            "yourself. Ask yourself whether you would be content for your own supervisor to hear the conversation. "
            "Take it to supervision before it weighs on you: that protects both of you."
        ],
    },
    {
        "words": "How do I get people above me to take rest breaks seriously?",
        "theme": "influencing_organisation",
        "asked": 8,
        "answers": [
            "Bring one number and one story, and one thing that would cost little to try. “On eleven of twenty shifts "
            "nobody on our landing had a break. Here is what that looked like on one of them. Could we try a relief "
            "at two o’clock for a month?”\n\nPeople who decide need something they can say yes to in the meeting."
        ],
    },
    {
        "words": "I work alone most of the time. How do I know whether I am still all right?",
        "theme": "lone_working",
        "asked": 3,
        "answers": [
            "Choose two or three early signs of your own: not ringing back, eating at the wheel, no patience with the "
            "dog. Tell somebody who sees you what they are and allow them to say so. Put one call a week in the diary "
            "with another person who works alone. It counts as work."
        ],
    },
    {
        "words": "What do I say to the team when somebody does not come back?",
        "theme": "sickness_and_return",
        "asked": 2,
        "answers": [
            "Say what you are allowed to say, once, to everybody at the same time. Say that there are things you will "
            "not share. Leave room for people to be angry, relieved and sad on the same day. Keep their peg or their "
            "mug until the team has decided together."
        ],
    },
    {
        "words": "Is it wrong that some good has come to me out of a terrible year?",
        "theme": "post_traumatic_growth",
        "asked": 5,
        "answers": [
            "No. Many people find that they know better what matters, or are closer to some people, and would still "
            "give it all back. Growing does not mean that it was worth it, and nobody owes it to anybody. You may be "
            "glad of it in private."
        ],
    },
]
