"""The words of invoices in the three languages.

They stand here and are no translations, so that a text of law changes nowhere else.
"""

from collections.abc import Iterable, Mapping, Sequence

from carnet.invoices import rules
from carnet.web import formats

WORDS: dict[str, dict[str, str]] = {
    "fr": {
        "title": "Facture", "number": "Numéro", "issued_on": "Date d’émission", "delivered_on": "Date de la vente",
        "due_on": "Échéance", "order": "Commande", "seller": "Vendeur", "buyer": "Client", "what": "Désignation",
        "quantity": "Quantité", "unit": "Prix unitaire HT", "rate": "TVA", "net": "Montant HT",
        "by_rate": "TVA par taux", "base": "Base HT", "vat": "TVA", "total_net": "Total HT", "total_vat": "Total TVA",
        "total": "Total TTC", "paid": "Déjà payé", "left": "Reste à payer", "transfer": "virement du {day}",
        "cheque": "chèque reçu le {day}", "paypal": "PayPal le {day}", "credit": "crédit client utilisé le {day}",
        "siren": "SIREN", "vat_number": "N°\u00a0TVA", "capital": "Capital",
        "credit_note": "Avoir", "corrects": "Facture d’origine", "of_day": "{number} du {day}", "reason": "Motif",
        "back_transfer": "Remboursement par virement", "back_cheque": "Remboursement par chèque ou virement",
        "back_paypal": "Remboursement par PayPal", "back_credit": "Crédit ajouté au compte client",
        "deducted": "Déduit de la facture d’origine", "pay_to": "Payable par virement", "holder": "Titulaire",
        "reference": "Référence", "taken_back": "reprise de {back} sur {all}",
    },
    "en": {
        "title": "Invoice", "number": "Number", "issued_on": "Date of issue", "delivered_on": "Date of sale",
        "due_on": "Due date", "order": "Order", "seller": "Seller", "buyer": "Customer", "what": "Description",
        "quantity": "Quantity", "unit": "Unit price excluding VAT", "rate": "VAT", "net": "Amount excluding VAT",
        "by_rate": "VAT rate", "base": "Amount excluding VAT", "vat": "VAT", "total_net": "Total excluding VAT",
        "total_vat": "Total VAT", "total": "Total including VAT", "paid": "Already paid", "left": "Left to pay",
        "transfer": "transfer of {day}", "cheque": "cheque received on {day}", "paypal": "PayPal on {day}",
        "credit": "credit used on {day}", "siren": "SIREN", "vat_number": "VAT no.", "capital": "Capital",
        "credit_note": "Credit note", "corrects": "Original invoice", "of_day": "{number} of {day}", "reason": "Reason",
        "back_transfer": "Refunded by transfer", "back_cheque": "Refunded by cheque or transfer",
        "back_paypal": "Refunded by PayPal", "back_credit": "Credit added to the account",
        "deducted": "Deducted from the original invoice", "pay_to": "Payable by transfer", "holder": "Account name",
        "reference": "Reference", "taken_back": "{back} of {all} taken back",
    },
    "es": {
        "title": "Factura", "number": "Número", "issued_on": "Fecha de emisión", "delivered_on": "Fecha de la venta",
        "due_on": "Vencimiento", "order": "Pedido", "seller": "Vendedor", "buyer": "Cliente", "what": "Concepto",
        "quantity": "Cantidad", "unit": "Precio unitario sin IVA", "rate": "IVA", "net": "Importe sin IVA",
        "by_rate": "IVA por tipo", "base": "Base imponible", "vat": "IVA", "total_net": "Total sin IVA",
        "total_vat": "Total IVA", "total": "Total con IVA", "paid": "Ya pagado", "left": "Por pagar",
        "transfer": "transferencia del {day}", "cheque": "cheque recibido el {day}", "paypal": "PayPal el {day}",
        "credit": "saldo a favor usado el {day}", "siren": "SIREN", "vat_number": "NIF-IVA", "capital": "Capital",
        "credit_note": "Factura rectificativa", "corrects": "Factura original", "of_day": "{number} del {day}",
        "reason": "Motivo", "back_transfer": "Reembolso por transferencia",
        "back_cheque": "Reembolso por cheque o transferencia", "back_paypal": "Reembolso por PayPal",
        "back_credit": "Saldo a favor añadido a la cuenta",
        "deducted": "Descontado de la factura original", "pay_to": "Pago por transferencia", "holder": "Titular",
        "reference": "Referencia", "taken_back": "retirada de {back} de un total de {all}",
    },
}  # fmt: skip

# Why an invoice is corrected.
REASONS: dict[str, dict[rules.CreditReason, str]] = {
    "fr": {
        "withdrawal": "Rétractation du client",
        "refund": "Remboursement",
        "unpaid": "Facture non payée",
        "disputed": "Paiement contesté puis annulé",
        "bounced": "Chèque impayé",
    },
    "en": {
        "withdrawal": "Withdrawal by the customer",
        "refund": "Refund",
        "unpaid": "Invoice not paid",
        "disputed": "Payment disputed and reversed",
        "bounced": "Cheque returned unpaid",
    },
    "es": {
        "withdrawal": "Desistimiento del cliente",
        "refund": "Reembolso",
        "unpaid": "Factura impagada",
        "disputed": "Pago impugnado y anulado",
        "bounced": "Cheque devuelto",
    },
}

SERVICE = {"fr": "assistance informatique", "en": "IT support", "es": "asistencia informática"}
OF = {"fr": "de", "en": "of", "es": "de"}
VALID = {"fr": "valables {months}", "en": "valid for {months}", "es": "con validez de {months}"}
VALID_ONE = {"fr": "valable {months}", "en": "valid for {months}", "es": "con validez de {months}"}

COUNTRIES: dict[str, dict[str, str]] = {
    "fr": {
        "AT": "Autriche", "BE": "Belgique", "BG": "Bulgarie", "CH": "Suisse", "CY": "Chypre", "CZ": "Tchéquie",
        "DE": "Allemagne", "DK": "Danemark", "EE": "Estonie", "ES": "Espagne", "FI": "Finlande", "FR": "France",
        "GB": "Royaume-Uni", "GR": "Grèce", "HR": "Croatie", "HU": "Hongrie", "IE": "Irlande", "IT": "Italie",
        "LT": "Lituanie", "LU": "Luxembourg", "LV": "Lettonie", "MT": "Malte", "NL": "Pays-Bas", "PL": "Pologne",
        "PT": "Portugal", "RO": "Roumanie", "SE": "Suède", "SI": "Slovénie", "SK": "Slovaquie",
    },
    "en": {
        "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CH": "Switzerland", "CY": "Cyprus", "CZ": "Czechia",
        "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France",
        "GB": "United Kingdom", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IT": "Italy",
        "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "NL": "Netherlands", "PL": "Poland",
        "PT": "Portugal", "RO": "Romania", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia",
    },
    "es": {
        "AT": "Austria", "BE": "Bélgica", "BG": "Bulgaria", "CH": "Suiza", "CY": "Chipre", "CZ": "Chequia",
        "DE": "Alemania", "DK": "Dinamarca", "EE": "Estonia", "ES": "España", "FI": "Finlandia", "FR": "Francia",
        "GB": "Reino Unido", "GR": "Grecia", "HR": "Croacia", "HU": "Hungría", "IE": "Irlanda", "IT": "Italia",
        "LT": "Lituania", "LU": "Luxemburgo", "LV": "Letonia", "MT": "Malta", "NL": "Países Bajos", "PL": "Polonia",
        "PT": "Portugal", "RO": "Rumanía", "SE": "Suecia", "SI": "Eslovenia", "SK": "Eslovaquia",
    },
}  # fmt: skip

# What the law wants said, until the provider words it otherwise.
MENTIONS: dict[str, dict[rules.Term, str]] = {
    "fr": {
        "services": "Catégorie d’opération : prestation de services",
        "franchise": "TVA non applicable, art. 293\u00a0B du CGI",
        "reverse_charge": "Autoliquidation : TVA due par le preneur (art. 283-2 du CGI, art. 196 de la directive"
        " 2006/112/CE).",
        "outside_france": "TVA non applicable, art. 259, 1° du CGI : prestation située hors de France.",
        "export": "Exonération de TVA, art. 262\u00a0I du CGI.",
        "debits": "Option pour le paiement de la taxe d’après les débits",
        "no_discount": "Pas d’escompte pour paiement anticipé.",
        "late_penalties": "En cas de retard de paiement : pénalités au taux de refinancement de la Banque centrale"
        " européenne majoré de 10\u00a0points de pourcentage, exigibles sans rappel.",
        "forty_euros": "Indemnité forfaitaire pour frais de recouvrement : 40\u00a0€.",
    },
    "en": {
        "services": "Category of operation: supply of services",
        "franchise": "VAT not applicable, art. 293\u00a0B of the French tax code (CGI)",
        "reverse_charge": "Reverse charge: VAT is due from the customer (art. 283-2 of the French tax code, CGI;"
        " art. 196 of directive 2006/112/EC).",
        "outside_france": "VAT not applicable, art. 259, 1° of the French tax code (CGI): supply outside France.",
        "export": "Exempt from VAT, art. 262\u00a0I of the French tax code (CGI).",
        "debits": "VAT due on invoicing, by the seller’s choice (option pour les débits)",
        "no_discount": "No discount for early payment.",
        "late_penalties": "Late payment: penalties at the refinancing rate of the European Central Bank plus"
        " 10\u00a0percentage points, due without reminder.",
        "forty_euros": "Fixed compensation for recovery costs: €40.",
    },
    "es": {
        "services": "Categoría de la operación: prestación de servicios",
        "franchise": "IVA no aplicable, art. 293\u00a0B del código fiscal francés (CGI)",
        "reverse_charge": "Inversión del sujeto pasivo: el IVA lo debe el cliente (art. 283-2 del código fiscal"
        " francés, CGI; art. 196 de la directiva 2006/112/CE).",
        "outside_france": "IVA no aplicable, art. 259, 1° del código fiscal francés (CGI): servicio prestado fuera de"
        " Francia.",
        "export": "Exento de IVA, art. 262\u00a0I del código fiscal francés (CGI).",
        "debits": "IVA devengado al facturar, por opción del vendedor (option pour les débits)",
        "no_discount": "Sin descuento por pago anticipado.",
        "late_penalties": "En caso de demora en el pago: intereses al tipo de refinanciación del Banco Central"
        " Europeo más 10\u00a0puntos porcentuales, exigibles sin requerimiento.",
        "forty_euros": "Indemnización fija por gastos de cobro: 40\u00a0€.",
    },
}  # fmt: skip


def mentions(
    terms: Sequence[rules.Term], languages: Iterable[str], *, worded: Mapping[str, Mapping[str, str]]
) -> rules.Mentions:
    """What the law wants said, in these languages; `worded` are the provider's own texts, by code and language."""
    return {
        language: {
            term: formats.typography(worded.get(term, {}).get(language) or MENTIONS[language][term], language)
            for term in terms
        }
        for language in sorted(set(languages))
    }
