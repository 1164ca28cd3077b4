"""What the stand-in's pages say, in the three languages of Carnet. It knows no Django, hence no gettext."""

from typing import Literal

Language = Literal["fr", "en", "es"]
LANGUAGES: tuple[Language, ...] = ("fr", "en", "es")

WORDS: dict[str, tuple[str, str, str]] = {
    # id: French, English, Spanish
    "not_paypal": (
        "Ceci n’est pas PayPal : la démonstration joue son rôle. Aucun argent réel ne circule.",
        "This is not PayPal: the demo stands in for it. No real money is involved.",
        "Esto no es PayPal: la demostración hace su papel. No se mueve dinero real.",
    ),
    "title": ("Payer {amount}", "Pay {amount}", "Pagar {amount}"),
    "to": ("À", "To", "A"),
    "for": ("Pour", "For", "Por"),
    "order": ("Commande", "Order", "Pedido"),
    "account_without_name": ("la démonstration", "the demo", "la demostración"),
    "pay": ("Payer {amount}", "Pay {amount} now", "Pagar {amount}"),
    "cancel": ("Annuler et revenir à la boutique", "Cancel and return to the shop", "Cancelar y volver a la tienda"),
    "try": ("Pour essayer autre chose", "Try something else", "Para probar otra cosa"),
    "the_payment": ("Le paiement", "The payment", "El pago"),
    "completed": ("aboutit tout de suite", "goes through at once", "se completa al momento"),
    "pending": (
        "reste en vérification (à trancher ensuite sur la page du compte)",
        "is being checked (decide later on the account’s page)",
        "queda en comprobación (se decide después en la página de la cuenta)",
    ),
    "declined": ("est refusé par la banque", "is declined by the bank", "lo rechaza el banco"),
    "the_notice": ("La notification à la boutique", "The notification to the shop", "La notificación a la tienda"),
    "once": ("part tout de suite", "is sent at once", "se envía al momento"),
    "twice": ("part deux fois", "is sent twice", "se envía dos veces"),
    "late": ("part une minute plus tard", "is sent a minute late", "se envía un minuto después"),
    "never": ("ne part jamais", "is never sent", "no se envía nunca"),
    "the_service": ("Le service de paiement", "The payment service", "El servicio de pago"),
    "works": ("fonctionne", "works", "funciona"),
    "slow_for_a_while": (
        "répond au bout de 8 secondes, pendant deux minutes",
        "takes 8 seconds to answer, for two minutes",
        "tarda 8 segundos en responder, durante dos minutos",
    ),
    "down_for_a_while": (
        "tombe en panne deux minutes, juste après",
        "goes down for two minutes, right afterwards",
        "deja de funcionar dos minutos, justo después",
    ),
    "paid_already": ("C’est déjà payé", "This is paid already", "Ya está pagado"),
    "go_back": ("Revenir à la boutique", "Return to the shop", "Volver a la tienda"),
    "gone": (
        "Ce paiement n’existe plus",
        "This payment no longer exists",
        "Este pago ya no existe",
    ),
    "gone_why": (
        "Il n’a jamais existé, ou personne ne l’a accepté dans les trois heures. Rien n’a été payé. Revenez à la"
        " boutique pour recommencer.",
        "It never existed, or nobody approved it within three hours. Nothing was paid. Go back to the shop and start"
        " again.",
        "Nunca existió o nadie lo aceptó en tres horas. No se ha pagado nada. Vuelva a la tienda y empiece de nuevo.",
    ),
    "is_down": (
        "Le service de paiement est en panne",
        "The payment service is down",
        "El servicio de pago no funciona",
    ),
    "is_down_why": (
        "C’est voulu : la panne a été déclenchée ici. Vous pouvez y mettre fin sur la page du compte.",
        "This is intended: it was switched off here. You can switch it on again on the account’s page.",
        "Es intencionado: se desconectó aquí. Puede conectarlo de nuevo en la página de la cuenta.",
    ),
    "account": ("Le compte", "The account", "La cuenta"),
    "account_title": (
        "Le compte PayPal de la démonstration",
        "The demo’s PayPal account",
        "La cuenta de PayPal de la demostración",
    ),
    "balance": ("Solde", "Balance", "Saldo"),
    "service": ("Le service", "The service", "El servicio"),
    "service_works": ("Il fonctionne normalement.", "It works normally.", "Funciona con normalidad."),
    "service_down": ("Il est en panne.", "It is down.", "No funciona."),
    "service_slow": ("Il répond lentement.", "It answers slowly.", "Responde lentamente."),
    "switch_down": ("Couper deux minutes", "Down for two minutes", "Cortar dos minutos"),
    "switch_down_for_good": ("Couper jusqu’à nouvel ordre", "Down until further notice", "Cortar hasta nuevo aviso"),
    "switch_up": ("Rétablir", "Work normally again", "Restablecer"),
    "switch_slow": ("Ralentir deux minutes", "Slow for two minutes", "Ralentizar dos minutos"),
    "payments": ("Paiements", "Payments", "Pagos"),
    "none_yet": ("Rien pour l’instant.", "None yet.", "Nada por ahora."),
    "payment_of": ("{amount} pour {reference}", "{amount} for {reference}", "{amount} por {reference}"),
    "CREATED": ("attend l’acheteur", "waiting for the buyer", "espera al comprador"),
    "PAYER_ACTION_REQUIRED": ("attend l’acheteur", "waiting for the buyer", "espera al comprador"),
    "EXPIRED": ("abandonné", "abandoned", "abandonado"),
    "APPROVED": ("accepté, pas encore encaissé", "approved, not captured yet", "aceptado, aún sin cobrar"),
    "COMPLETED": ("encaissé", "captured", "cobrado"),
    "PENDING": ("en vérification", "being checked", "en comprobación"),
    "DECLINED": ("refusé", "declined", "rechazado"),
    "REFUNDED": ("remboursé", "refunded", "reembolsado"),
    "PARTIALLY_REFUNDED": ("remboursé en partie", "partly refunded", "reembolsado en parte"),
    "disputed": ("contesté", "disputed", "en disputa"),
    "dispute_won": ("litige gagné", "dispute won", "disputa ganada"),
    "dispute_lost": ("litige perdu", "dispute lost", "disputa perdida"),
    "open_page": ("Page de paiement", "Payment page", "Página de pago"),
    "complete": ("Faire aboutir", "Complete", "Completar"),
    "refuse": ("Refuser", "Decline", "Rechazar"),
    "refund": ("Rembourser le reste", "Refund the rest", "Reembolsar el resto"),
    "dispute": ("Ouvrir un litige", "Open a dispute", "Abrir una disputa"),
    "win": ("Litige gagné par la boutique", "End the dispute: shop wins", "La tienda gana la disputa"),
    "lose": ("Litige perdu par la boutique", "End the dispute: shop loses", "La tienda pierde la disputa"),
    "notices": ("Notifications à la boutique", "Notifications to the shop", "Notificaciones a la tienda"),
    "nobody_listens": (
        "Aucune adresse n’est inscrite : personne ne reçoit de notifications.",
        "No address is registered: nobody receives notifications.",
        "No hay ninguna dirección registrada: nadie recibe notificaciones.",
    ),
    "delivered": ("remise ({answer})", "delivered ({answer})", "entregada ({answer})"),
    "not_delivered": (
        "pas encore remise, {attempts} essais ({answer})",
        "not delivered yet, {attempts} attempts ({answer})",
        "aún sin entregar, {attempts} intentos ({answer})",
    ),
    "given_up": ("abandonnée ({answer})", "given up ({answer})", "abandonada ({answer})"),
    "on_its_way": ("va partir", "about to be sent", "por enviar"),
    "send_again": ("Renvoyer", "Send again", "Enviar otra vez"),
    "can_not": (
        "Ce n’est plus possible : l’état a changé entre-temps.",
        "That is no longer possible: things have changed in the meantime.",
        "Ya no es posible: la situación ha cambiado.",
    ),
    "back_to_account": ("Page du compte", "The account’s page", "Página de la cuenta"),
}
NAMES: dict[Language, str] = {"fr": "Français", "en": "English", "es": "Español"}


class Spoken:
    """Words and sums in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)

    def __call__(self, word: str, **values: object) -> str:
        return WORDS[word][self._place].format(**values)

    def money(self, cents: int, currency: str) -> str:
        sign, whole, part = "-" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100
        symbol = {"EUR": "€"}.get(currency, currency)
        if self.language == "en":
            return f"{sign}{symbol}{whole:,}.{part:02}"
        grouped = f"{whole:,}".replace(",", "\u202f" if self.language == "fr" else ".")
        return f"{sign}{grouped},{part:02}\u00a0{symbol}"


def language_of(*wishes: str) -> Language:
    """The first wish that is one of ours; a wish is a locale, or what a browser accepts."""
    for wish in wishes:
        for part in wish.split(","):
            for language in LANGUAGES:
                if part.strip().lower().split(";")[0].split("-")[0] == language:
                    return language
    return "en"
