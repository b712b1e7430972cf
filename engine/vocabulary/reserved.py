"""Words that belong to carriers and to the law (S1, S5, S7 of the trust spec): the only list of them.

A whole message that is one of these, case, accents, spacing and punctuation folded, is obeyed as
such before anything else is looked at. None of them may ever be asked for as an answer.
"""

STOP = frozenset(
    {
        "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out",
        "remove me", "please remove me", "remove", "unsubscribe please", "please unsubscribe", "stop please",
        "please stop", "take me off", "take me off this list",
        # Spanish
        "alto", "parar", "pare", "para", "basta", "baja", "cancelar", "darme de baja", "dame de baja",
        "no mas", "no mas mensajes", "no me escriban", "por favor no me escriban",
        "quitame", "quiteme", "cancelar suscripcion",
        # French, Portuguese, German, Italian
        "arret", "arreter", "desabonner", "sair", "cancelar inscricao", "stopp", "abmelden", "ferma",
    }
)  # fmt: skip
# Everyday words too: above other words ("Cancel / the cake order") they are no request to us.
_EVERYDAY = frozenset(
    {"cancel", "cancelar", "end", "quit", "remove", "para", "pare", "parar", "basta", "no mas", "sair"}
)
STOP_ABOVE_A_NAME = STOP - _EVERYDAY
HELP = frozenset({"help", "info", "ayuda", "informacion", "aide"})
START = frozenset({"start", "unstop", "empezar", "iniciar", "reanudar"})
RESERVED = STOP | HELP | START
