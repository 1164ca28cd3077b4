"""What the demo's people ask, and how they are helped: invented, in the three languages."""
# ruff: noqa: E501 (sentences stay whole)

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en", "es"]
Criticality = Literal["blocked", "hindered", "question"]


@dataclass(frozen=True, slots=True)
class Scene:
    """One ticket as it may happen: the question, the minutes worked, what they were for, the answer."""

    language: Language
    criticality: Criticality
    subject: str
    question: str
    minutes: int
    reason: str
    answer: str


SCENES = (
    Scene("fr", "hindered", "L’imprimante ne répond plus",
          "Bonjour, depuis la mise à jour d’hier l’imprimante reste « hors ligne ». J’ai redémarré la box et l’ordinateur, rien n’y fait.",
          17, "prise en main à distance, pilote réinstallé",
          "Le pilote était abîmé, il est réinstallé. Pouvez-vous imprimer une page de test et me dire si elle sort ?"),
    Scene("fr", "question", "Transférer les photos du téléphone",
          "Mon téléphone est plein. Comment mettre les photos sur l’ordinateur sans en perdre ?",
          12, "copie des photos vérifiée, dossier expliqué",
          "Les 2 140 photos sont copiées dans Images › Téléphone, et comptées des deux côtés. Regardez-les avant de vider le téléphone."),
    Scene("fr", "blocked", "Plus rien ne s’affiche à l’écran",
          "L’écran reste noir depuis ce matin, l’ordinateur fait pourtant du bruit. Nous ne pouvons plus faire de devis.",
          24, "diagnostic au téléphone, câble et entrée vidéo vérifiés",
          "Depuis la coupure de courant, l’écran était réglé sur la mauvaise entrée. Le bouton sous l’écran permet d’y revenir : je vous l’ai noté."),
    Scene("fr", "question", "Changer le mot de passe de la messagerie",
          "Je voudrais changer mon mot de passe, mais je crains que le téléphone ne reçoive plus rien ensuite.",
          9, "mot de passe changé avec le client sur deux appareils",
          "C’est fait sur l’ordinateur et le téléphone. Le nouveau mot de passe est dans votre gestionnaire, je ne l’ai pas gardé."),
    Scene("fr", "hindered", "Courriels bloqués dans la boîte d’envoi",
          "Depuis lundi mes messages restent dans la boîte d’envoi. J’en reçois sans problème.",
          14, "pièce jointe trop lourde retirée, envoi contrôlé",
          "Un message de 38 Mo bloquait la file. Il est dans Brouillons ; je vous ai montré comment partager un gros fichier par un lien."),
    Scene("fr", "question", "La sauvegarde se fait-elle vraiment ?",
          "Un voyant orange clignote sur le disque de sauvegarde. Est-ce que nos fichiers sont copiés ?",
          21, "journal de sauvegarde lu, un fichier restauré pour essai",
          "La copie de cette nuit est complète ; j’ai restauré un fichier pour m’en assurer. Le disque est plein à 91 % : il faudra en changer cette année."),
    Scene("fr", "hindered", "Le wifi coupe dans le bureau du fond",
          "Dans le bureau du fond la visio s’arrête toutes les dix minutes. Ailleurs tout va bien.",
          28, "mesures à trois endroits, canal changé, borne déplacée",
          "La borne du voisin utilisait le même canal. Après le changement, vingt minutes de visio sans coupure. Dites-moi demain si cela tient."),
    Scene("fr", "question", "Un message me demande de payer une amende",
          "J’ai reçu un message qui dit que je dois payer une amende tout de suite. Est-ce vrai ?",
          7, "message examiné, explication donnée",
          "C’est une escroquerie : l’adresse n’est pas celle de l’administration. Vous n’avez rien saisi, il n’y a donc rien d’autre à faire que de l’effacer."),
    Scene("fr", "blocked", "Le logiciel de caisse refuse de démarrer",
          "Le logiciel de caisse affiche « base introuvable » depuis ce matin et la boutique ouvre à dix heures.",
          29, "lecteur réseau rétabli, base contrôlée",
          "Le lecteur réseau n’était plus monté après la mise à jour. La base est intacte, la caisse a redémarré, et le lecteur revient maintenant seul."),
    Scene("fr", "question", "Quelle imprimante choisir pour des étiquettes ?",
          "Nous imprimons une trentaine d’étiquettes par jour. Faut-il une imprimante à part ?",
          11, "besoin précisé, deux modèles comparés",
          "Oui : une thermique de bureau, sans encre. Je vous ai écrit ce qui compte pour choisir, avec deux exemples et leurs limites."),
    Scene("fr", "hindered", "L’ordinateur est devenu très lent",
          "Depuis quinze jours il faut cinq minutes pour ouvrir un document. L’ordinateur a quatre ans.",
          26, "programmes au démarrage triés, disque contrôlé",
          "Onze programmes démarraient avec la machine, il en reste trois. Le disque est sain. L’ouverture prend maintenant douze secondes."),
    Scene("fr", "question", "Lire un fichier reçu de la mairie",
          "La mairie m’a envoyé un fichier que je n’arrive pas à ouvrir. Il se termine par .odt.",
          6, "lecteur installé, fichier ouvert",
          "C’est un document texte. J’ai installé un logiciel libre qui l’ouvre ; un double clic suffit désormais."),
    Scene("fr", "hindered", "Agenda partagé qui se dédouble",
          "Chaque rendez-vous apparaît deux fois dans l’agenda de ma collègue, une seule fois dans le mien.",
          19, "compte en double retiré, agenda resynchronisé",
          "Le compte avait été ajouté deux fois. Un seul reste, et les 46 doublons ont disparu sans toucher aux originaux."),
    Scene("fr", "question", "Mettre une signature sous les courriels",
          "Comment ajouter le logo et le téléphone du cabinet sous tous nos courriels ?",
          13, "signature préparée et posée sur trois postes",
          "La signature est en place sur les trois postes. Le texte se change dans Réglages › Signature ; je vous l’ai montré."),
    Scene("fr", "blocked", "Plus d’internet depuis l’orage",
          "Depuis l’orage de cette nuit nous n’avons plus internet, et donc plus de téléphone.",
          16, "box et câbles contrôlés, panne déclarée à l’opérateur",
          "La ligne est coupée chez l’opérateur, votre matériel va bien. La panne est déclarée ; le partage de connexion du téléphone est prêt en attendant."),
    Scene("fr", "question", "Vider l’ancien téléphone avant de le donner",
          "Je donne mon ancien téléphone à mon neveu. Comment être sûr qu’il ne reste rien dessus ?",
          10, "compte retiré, effacement suivi pas à pas",
          "Le compte est retiré et l’appareil effacé : il demande maintenant la langue, comme neuf. Pensez à reprendre la carte SIM."),
    Scene("fr", "hindered", "Tableau où les totaux sont faux",
          "Dans notre tableau des heures, le total du mois donne 12 au lieu de 132.",
          8, "format des durées corrigé",
          "Le total repassait à zéro toutes les 24 heures : c’est un format d’affichage. Corrigé dans la feuille et dans le modèle."),
    Scene("fr", "question", "Faire signer un document à distance",
          "Un client à l’étranger doit signer un contrat. Comment faire sans l’imprimer ?",
          15, "démarche expliquée, premier envoi ensemble",
          "Le document est parti, votre client a reçu son lien. Vous saurez l’envoyer seul la prochaine fois : la marche à suivre est dans ce ticket."),
    Scene("fr", "hindered", "Passer au nouvel ordinateur",
          "Le nouvel ordinateur est arrivé. Comment y mettre les courriels, les documents et l’imprimante de l’ancien ?",
          37, "comptes et documents transférés, imprimante installée",
          "Tout est passé : 12 Go de documents, les deux boîtes de courriel et l’imprimante. Gardez l’ancien ordinateur encore un mois. Le temps au-delà de votre ticket est pour nous."),
    Scene("fr", "hindered", "Le réseau lâche chaque après-midi",
          "Vers 15 heures tout le monde perd la connexion pendant quelques minutes. Le fournisseur dit que tout va bien.",
          34, "journal du routeur lu, adresse en double trouvée",
          "Deux appareils se disputaient la même adresse : l’imprimante et une tablette. La tablette en a une autre. Les dernières minutes vous sont offertes."),
    Scene("en", "hindered", "The VPN drops every ten minutes",
          "Since Monday the connection to the office drops every ten minutes or so. I have to sign in again each time.",
          22, "logs read, idle time-out and power saving changed",
          "The network card went to sleep to save power. That is off now, and the connection has held for half an hour. Tell me if it drops again."),
    Scene("en", "question", "Move from one mail program to another",
          "I would like to try another mail program without losing ten years of mail. Is that possible?",
          27, "mail copied and counted, new program set up beside the old one",
          "Both programs now show the same 18,402 messages. Keep the old one for a month; nothing has been removed from it."),
    Scene("en", "blocked", "Laptop asks for a recovery key",
          "After an update the laptop shows a blue page and asks for a recovery key. I have a class in two hours.",
          18, "key found with the customer, firmware setting checked",
          "The key was in your account, as it should be. It will not be asked for again; I have shown you where it is kept."),
    Scene("en", "question", "Is this invoice real?",
          "We received an invoice from a supplier we know, but with a new bank account. Should we pay it?",
          6, "headers read, supplier's address compared",
          "Do not pay. The address differs by one letter. Call your supplier on the number you already have, and tell your bank."),
    Scene("en", "hindered", "Shared folder is read-only for two of us",
          "Two people can open the project folder but not save in it. The others can.",
          12, "group membership corrected on the file server",
          "Both accounts were missing from the project group. They can save now; I checked with a test file and removed it."),
    Scene("en", "question", "Back up a phone without a cloud",
          "I would rather not use an online service. Can I back up my phone to my own disk?",
          14, "first backup made together, restore of one photo tried",
          "Yes, and you just did. The backup is on your disk, protected by your password, and one photo came back from it."),
    Scene("en", "hindered", "Video calls without sound",
          "People can see me but not hear me. The headset works for music.",
          9, "microphone permission and default device set",
          "The browser was listening to the camera's microphone. It now uses the headset; the test call was clear."),
    Scene("en", "question", "Which password manager?",
          "There are five of us and far too many passwords on paper. Where do we start?",
          16, "needs listed, two programs compared",
          "Start with the one that works on all your devices; I wrote down why. We can move the first twenty passwords together."),
    Scene("en", "question", "Bring three calendars together",
          "I have a calendar at work, one at home and one from the school. Can I see all three in one place?",
          35, "three calendars subscribed on two devices, colours set",
          "All three are there, on the laptop and on the phone, each in its colour. The last minutes were on us."),
    Scene("es", "question", "Mover fotos del móvil al ordenador",
          "Quiero pasar las fotos del móvil al ordenador y no sé por dónde empezar.",
          11, "copia hecha y comprobada con la clienta",
          "Las 860 fotos están en Imágenes › Móvil. Mírelas con calma antes de borrarlas del teléfono."),
    Scene("es", "hindered", "El correo no llega al teléfono",
          "En el ordenador recibo el correo, pero en el teléfono no llega nada desde el viernes.",
          13, "contraseña actualizada en el teléfono",
          "El teléfono guardaba la contraseña antigua. Ya está actualizada y han entrado los 27 mensajes que faltaban."),
    Scene("es", "blocked", "El ordenador no arranca",
          "Esta mañana el ordenador no arranca: sale un texto blanco y se para ahí. Tengo que enviar facturas hoy.",
          25, "orden de arranque corregido, disco comprobado",
          "Intentaba arrancar desde una memoria USB olvidada. Quitada la memoria, arranca bien; el disco está sano."),
    Scene("es", "question", "¿Es de fiar este mensaje del banco?",
          "He recibido un mensaje del banco con un enlace. ¿Puedo pulsarlo?",
          5, "mensaje examinado",
          "No lo pulse: el enlace no lleva a su banco. Si duda, escriba usted la dirección del banco o llame al número de la tarjeta."),
    Scene("es", "hindered", "La impresora imprime en blanco",
          "La impresora saca hojas en blanco aunque los cartuchos son nuevos.",
          15, "limpieza de cabezales, precinto de un cartucho retirado",
          "Un cartucho conservaba su precinto. Retirado y con una limpieza, la página de prueba sale perfecta."),
    Scene("es", "question", "Compartir un calendario con la familia",
          "Queremos un calendario común para las actividades de los niños, en tres teléfonos.",
          17, "calendario creado y añadido a tres teléfonos",
          "El calendario «Familia» está en los tres teléfonos; lo que apunta uno aparece en los otros en unos segundos."),
)  # fmt: skip

COMMENTS = {
    "fr": (
        "Rapide, clair, et j’ai compris ce qui s’était passé.",
        "On voit chaque minute, cela met en confiance.",
        "Très patient avec une débutante comme moi.",
        "Réglé du premier coup, merci.",
    ),
    "en": (
        "Quick and clear, and I know what went wrong.",
        "Every minute is shown, which I like a lot.",
        "Patient, and no jargon at all.",
    ),
    "es": (
        "Rápido y claro, y entendí qué había pasado.",
        "Se ve cada minuto; da confianza.",
        "Mucha paciencia y ni una palabra rara.",
    ),
}
HELLO = {"fr": "Bonjour {name},", "en": "Hello {name},", "es": "Hola, {name}:"}
# What an agent asks before working on it, and what comes back.
ASKED_BACK = {
    "fr": (
        "Depuis quand exactement ? Et cela touche-t-il un seul appareil, ou tous ? Une photo de l’écran aide aussi.",
        "Depuis hier matin, et un seul appareil. Les autres vont bien.",
    ),
    "en": (
        "Since when exactly? And is it one device only, or all of them? A photo of the screen helps as well.",
        "Since yesterday morning, and one device only. The others are fine.",
    ),
    "es": (
        "¿Desde cuándo exactamente? ¿Y pasa en un solo aparato o en todos? Una foto de la pantalla también ayuda.",
        "Desde ayer por la mañana, y en un solo aparato. Los demás van bien.",
    ),
}
STILL = {
    "fr": "Merci, mais le problème est revenu ce matin.",
    "en": "Thank you, but it came back this morning.",
    "es": "Gracias, pero esta mañana ha vuelto a pasar.",
}
CORRECTED = {
    "fr": "Le compteur avait tourné pendant mon café.",
    "en": "The clock had run on during my coffee.",
    "es": "El cronómetro siguió corriendo durante mi café.",
}
