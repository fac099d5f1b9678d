"""How sites say "not the page you asked for" with status 200, in six languages.

Two lists a kind. A **head** is a whole title segment or heading ("Log in", "404"). A
**statement** is the beginning of a sentence that says it of this very page ("Please log in to
continue"). The words alone are no proof: shops sell maintenance kits, help pages explain error
404, product pages have a log-in link. So both are anchored, and ``crawler.outcome`` asks for
two signs that agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# What may stand before a statement: an apology, and nothing that quotes it.
_SORRY = (
    r"(?:(?:we(?:'|’)?re |we are )?(?:very )?sorry|oh no|oops|ups|uups|hoppla|huch|whoops|pardon"
    r"|désolée?s?|nous sommes désolés|lo sentimos|vaya|spiacenti|siamo spiacenti|ci dispiace"
    r"|helaas|sorry|het spijt ons|leider|entschuldigung|es tut uns leid|tut uns leid|unfortunately"
    r"|malheureusement|purtroppo|desgraciadamente|error|fehler|erreur|fout|errore)"
    r"(?:,? (?:but|aber|mais|pero|ma|maar))?[\s,:;.!…–—-]*"
)


@dataclass(frozen=True, slots=True)
class Phrases:
    """The two patterns of one kind, to be matched at the start of a normalised line."""

    head: re.Pattern[str]
    statement: re.Pattern[str]


# What surrounds a head without being part of it.
EDGES = " \t.!?…,;:*#¡¿\"'“”„«»[]()🔒"
_SEGMENTS = re.compile(r"\s+[|–—·•»«:>/-]+\s+|\s*[|»·]\s*|(?<=\w): ")


def title_segments(title: str) -> list[str]:
    """A title, and its parts: the site's name stands before or behind the page's.

    >>> title_segments("Log in – Acme | Tools")
    ['Log in – Acme | Tools', 'Log in', 'Acme', 'Tools']
    """
    parts = [part.strip(EDGES) for part in _SEGMENTS.split(title)]
    return [title.strip(EDGES), *parts] if len(parts) > 1 else parts


def _phrases(heads: str, statements: str) -> Phrases:
    return Phrases(_alternatives(heads, ""), _alternatives(statements, f"(?:{_SORRY})*"))


def _alternatives(lines: str, before: str) -> re.Pattern[str]:
    parts = [line.strip() for line in lines.strip().splitlines() if line.strip()]
    return re.compile(f"{before}(?:{'|'.join(parts)})", re.IGNORECASE)


_SITE_EN = r"(?:our|the|this) (?:\w+ ){0,3}(?:site|shop|store|web ?site|webshop|service|system|page|portal|platform|server)"  # noqa: E501
_SITE_DE = r"(?:unser\w*|der|die|das|diese[rs]?) (?:\w+[ -]){0,3}(?:seite|shop|webseite|website|webshop|online-?shop|dienst|portal|system|server|internetauftritt)"  # noqa: E501
_SITE_FR = (
    r"(?:notre|le|la|ce|cette) (?:\w+ ){0,2}(?:site|boutique|service|page|plateforme|portail)"
)
_SITE_ES = (
    r"(?:nuestr[oa]|el|la|este|esta) (?:\w+ ){0,2}(?:sitio|tienda|web|página|servicio|portal)"
)
_SITE_IT = r"(?:il nostro|la nostra|il|la|questo|questa) (?:\w+ ){0,2}(?:sito|negozio|servizio|pagina|portale|shop)"  # noqa: E501
_SITE_NL = r"(?:onze|de|deze|dit|het) (?:\w+ ){0,2}(?:site|website|winkel|webshop|webwinkel|dienst|pagina|portaal)"  # noqa: E501

MISSING = _phrases(
    r"""
    (?:http |error |fehler |erreur |errore |fout |código )*(?:404|410)(?: error| fehler)?(?:[\s:.!–—-]*(?:page |seite |error )?(?:not found|nicht gefunden|gone|introuvable|no encontrada|non trovata|niet gevonden))?
    (?:the )?(?:requested )?(?:page|content|document|file|item|product|article|topic|resource)(?: was| could| can)?(?: be)? ?(?:not|cannot)(?: be)? found
    page (?:does not|doesn[’']t) exist(?: anymore)?|page (?:missing|unavailable|no longer available)|nothing found here|not found|nothing found
    (?:this|the) (?:topic|page) does not exist(?: yet)?
    (?:die )?(?:angeforderte |gewünschte )?(?:seite|artikel|produkt|inhalt|dokument|thema|datei)(?: wurde| konnte)?(?: leider)? nicht gefunden(?: werden)?|(?:diese |die )?seite (?:existiert (?:leider )?nicht(?: mehr)?|nicht (?:mehr )?(?:vorhanden|verfügbar))
    (?:dieses )?thema existiert (?:noch )?nicht
    (?:la )?(?:page|article|produit|document|contenu)(?: demandée?)?(?: est)? (?:introuvable|non trouvée?|inexistante?)|cette page n[’']existe (?:pas|plus)|ce sujet n[’']existe pas(?: encore)?
    (?:la )?(?:página|artículo|producto|contenido)(?: solicitad[oa])? no (?:ha sido )?encontrad[oa]|(?:la |esta )?página no existe|página inexistente
    (?:la )?(?:pagina|articolo|prodotto|contenuto)(?: richiest[ao])? (?:non (?:è stat[ao] )?trovat[ao]|inesistente)|questa pagina non esiste
    (?:de )?(?:pagina|artikel|product|inhoud)(?: is| kan| werd)? ?niet gevonden(?: worden)?|(?:deze |de )?pagina bestaat niet(?: meer)?
    """,  # noqa: E501
    r"""
    (?:the |this |that )?(?:web ?)?page (?:that )?(?:you(?:[’']re| are|[’']ve| have)? (?:requested|looking for|looked for|tried to (?:open|visit|reach|access)|were looking for|followed) )?(?:could not be|couldn[’']t be|cannot be|can[’']t be|can not be|was not|wasn[’']t|has not been) found
    (?:the |this |that )?(?:web ?)?page (?:that )?(?:you(?:[’']re| are|[’']ve| have)? (?:requested|looking for|looked for|tried to (?:open|visit|reach|access)|were looking for) )?(?:does not exist|doesn[’']t exist|no longer exists|is no longer (?:here|available|online)|isn[’']t (?:available|here)|is (?:missing|gone)|has been (?:removed|moved|deleted)|may have been (?:removed|moved|deleted))
    we (?:could not|couldn[’']t|cannot|can[’']t|were unable to|are unable to) (?:find|locate) (?:the|that|this) page
    you(?:[’']ve| have) (?:followed a link to|reached) a (?:topic|page) that (?:does not|doesn[’']t) exist
    there is currently no text in this page
    (?:die |diese )?(?:von ihnen )?(?:gewünschte |angeforderte |gesuchte |aufgerufene |angegebene )?(?:web|internet)?seite(?:,? die (?:sie|du) (?:suchen|suchst|aufgerufen haben|angefordert haben),?)? (?:wurde|konnte|ist|kann)(?: \w+){0,2} nicht(?: mehr)? (?:gefunden|vorhanden|verfügbar|erreichbar|auffindbar)
    (?:die |diese )?(?:gewünschte |angeforderte )?seite (?:existiert|gibt es) (?:leider )?nicht
    wir (?:konnten|können) die(?:se)? (?:gewünschte |gesuchte |angeforderte |von ihnen \w+ )?seite (?:leider )?nicht finden
    (?:sie haben|du hast) einen link zu einem thema (?:gefolgt|verfolgt|geöffnet)|dieses thema existiert noch nicht
    (?:la |cette )?page (?:que vous (?:recherchez|cherchez|demandez|avez demandée)|demandée|recherchée)?,? ?(?:est introuvable|n[’']existe (?:pas|plus)|n[’']a pas (?:pu être |été )?trouvée?|n[’']est (?:plus|pas) disponible)
    nous n[’']avons pas (?:pu trouver|trouvé) (?:la|cette) page
    (?:la |esta )?página (?:que (?:busca|buscas|está buscando|estás buscando|ha solicitado|solicita)|solicitada|buscada)? ?(?:no (?:existe|se ha encontrado|se encuentra|se pudo encontrar|pudo ser encontrada|está disponible)|ya no existe)
    no (?:hemos encontrado|hemos podido encontrar|encontramos|se ha encontrado) la página
    (?:la |questa )?pagina (?:che (?:stai cercando|cerchi|hai richiesto|cercavi|state cercando)|richiesta|cercata)? ?(?:non (?:esiste|è stata trovata|può essere trovata|è (?:più )?disponibile)|non esiste più)
    non (?:abbiamo trovato|siamo riusciti a trovare|è stato possibile trovare) la pagina
    (?:de |deze )?(?:opgevraagde |gevraagde |gezochte )?pagina (?:die (?:u|je) (?:zoekt|zocht|opvroeg|probeert te bezoeken) )?(?:kan niet (?:worden )?gevonden|kon niet (?:worden )?gevonden|is niet gevonden|werd niet gevonden|bestaat niet|is niet (?:meer )?beschikbaar)
    we (?:konden|kunnen) (?:de|deze) pagina (?:helaas )?niet vinden
    """,  # noqa: E501
)

LOGIN = _phrases(
    r"""
    (?:(?:account|customer|member|user|partner|client|dealer|b2b|shop|please|employee|staff|portal|secure|my account) ?)*(?:log ?-?in|sign ?-?in|log on|sign on)(?: (?:required|page|form|please|to (?:your|my) account|to continue|to [\w .-]{2,30}))?
    (?:authentication|authorization|registration) required|members only|restricted (?:area|page|content)|you must (?:log|sign) in
    (?:kunden-?|mitglieder-?|händler-?|partner-?|benutzer-?)?(?:anmeldung|login|anmelden|einloggen)(?: erforderlich)?|bitte (?:anmelden|einloggen)|geschützter bereich|nur für (?:registrierte |angemeldete |autorisierte |gewerbliche )*(?:mitglieder|kunden|benutzer|nutzer|händler|fachhändler|partner|wiederverkäufer|geschäftskunden|gewerbekunden)
    (?:for )?(?:registered|trade|approved|authori[sz]ed|account|business) (?:dealers?|customers?|members?|partners?|resellers?|users?|accounts?) only|(?:dealers?|trade|partners?|resellers?) only|(?:réservé|accès réservé|uniquement) aux? (?:professionnels|revendeurs|membres|clients|partenaires)|(?:solo|sólo|únicamente|exclusivo) para (?:distribuidores|clientes|socios|profesionales)|riservato (?:ai|agli|a) (?:rivenditori|clienti|soci|professionisti|partner)|alleen voor (?:geregistreerde |zakelijke )?(?:dealers|klanten|leden|wederverkopers|partners)
    (?:se connecter|connexion|identification|s[’']identifier|authentification|espace (?:client|membre|pro|réservé))(?: requise| client)?|connectez-vous|accès réservé|identifiez-vous
    (?:iniciar sesión|inicie sesión|inicia sesión|inicio de sesión|acceder|acceso (?:clientes|restringido|requerido)|área de clientes|identificarse|identifícate)
    (?:accedi|accesso(?: richiesto| clienti| riservato)?|area riservata|login richiesto|effettua (?:il login|l[’']accesso))
    (?:inloggen|aanmelden|log in|klantlogin|inloggen vereist|alleen voor leden)
    """,  # noqa: E501
    r"""
    (?:please |you (?:must|need to|have to|will need to) )(?:be )?(?:first )?(?:log(?:ged)? ?in|sign(?:ed)? ?in|log on|register)(?: or (?:register|sign up|create an account))?(?: first)?(?: with [\w ]{2,40})? (?:to (?:continue|proceed|view (?:this|the|other)|see this|access (?:this|the)|read this|open this|visit this|get access)|before you (?:can )?(?:continue|view|proceed)|in order to (?:continue|view this|access))
    (?:please )?(?:log|sign) ?in to (?:continue|proceed|view this|access this|see this|your account to (?:continue|view|access))
    (?:this|the|that) (?:page|content|area|product|section|article|document|catalog|catalogue|site|shop) (?:is|are) (?:only )?(?:visible|available|accessible|reserved|restricted|open)(?: only)? (?:to|for) (?:\w+[ -]){0,3}(?:customers|members|users|partners|dealers|clients|subscribers|registered|logged)
    (?:login|log in|sign in|authentication) (?:is )?required(?: to (?:continue|view|access))
    (?:sorry, )?you (?:don[’']t|do not) have (?:enough rights|(?:the )?(?:necessary )?(?:rights|permissions?)|permission|access)
    (?:bitte )?(?:melden sie sich|melde dich|loggen sie sich|logge dich)(?: bitte)?(?: \w+){0,4} (?:an|ein),? um (?:fortzufahren|weiterzu|diese|die seite|den (?:inhalt|artikel|vollständigen)|auf diese)
    (?:sie müssen|du musst) (?:sich |dich )?(?:\w+ ){0,3}(?:an(?:ge)?melde[tn]|ein(?:ge)?logg(?:en|t))(?: sein)?,? um (?:fort|diese|die seite|den inhalt|auf)
    (?:um )?(?:fortzufahren|diese seite (?:zu sehen|anzuzeigen)),? (?:melden|loggen|müssen)
    diese[rs]? (?:seite|inhalt|bereich|artikel|produkt|shop) (?:ist|steht) (?:nur |ausschließlich )?(?:für )?(?:\w+ ){0,3}(?:angemeldete|registrierte|eingeloggte|mitglieder|händler|fachhändler|geschäftskunden|kunden nach)
    (?:veuillez|merci de|vous devez) (?:d[’']abord )?(?:vous (?:connecter|identifier)|être (?:connecté|identifié)e?)(?: \w+){0,3} (?:pour|afin) (?:continuer|poursuivre|voir cette|accéder|consulter cette)
    connectez-vous(?: à votre compte)? (?:pour|afin) (?:de )?(?:continuer|poursuivre|accéder|voir cette|consulter cette)
    cette page est (?:réservée|accessible uniquement|visible uniquement)
    (?:por favor,? )?(?:inici[ea] sesión|debe(?:s)? iniciar sesión|tiene(?:s)? que iniciar sesión|identifí(?:quese|cate)|debe(?:s)? estar (?:registrado|identificado))(?: \w+){0,3} para (?:continuar|ver (?:esta|este)|acceder)
    est[ae] (?:página|contenido|producto|sección) (?:es|está) (?:solo |sólo |únicamente )?(?:visible|disponible|reservad[oa]|restringid[oa])(?: solo| sólo| únicamente)? (?:para|a)
    (?:per favore,? |si prega di )?(?:accedi|effettua(?:re)? (?:il login|l[’']accesso)|devi (?:accedere|effettuare)|è necessario (?:accedere|effettuare))(?: \w+){0,3} per (?:continuare|proseguire|vedere (?:questa|questo)|visualizzare|accedere a)
    quest[ao] (?:pagina|contenuto|area|prodotto) è (?:riservat[ao]|visibile solo|accessibile solo|disponibile solo)
    (?:log (?:a\.?u\.?b\.? )?in|meld (?:u|je) aan|u moet (?:ingelogd|aangemeld) zijn|je moet (?:ingelogd|aangemeld) zijn|u dient in te loggen)(?: \w+){0,3} (?:om (?:verder|door te gaan|deze|toegang)|voor toegang)
    deze (?:pagina|inhoud|sectie) is (?:alleen|uitsluitend) (?:zichtbaar|beschikbaar|toegankelijk) voor
    """,  # noqa: E501
)

DENIED = _phrases(
    r"""
    (?:error |fehler |erreur )*403(?:[\s:–—-]*(?:forbidden|verboten|interdit))?|(?:access|permission|request) (?:denied|blocked|forbidden|rejected)|forbidden|you have been blocked|blocked|unauthorized
    zugriff verweigert|zugang verweigert|zugriff nicht gestattet|keine berechtigung|accès (?:refusé|interdit)|accès non autorisé|acceso denegado|acceso prohibido|accesso negato|accesso vietato|toegang geweigerd|geen toegang|autorisation refusée|permiso denegado|permesso negato
    """,  # noqa: E501
    r"""
    (?:sorry, )?you (?:don[’']t|do not) have (?:enough rights|(?:the )?(?:necessary )?(?:rights|permissions?)|permission|access)
    (?:you are|you[’']re) not (?:allowed|authorized|authorised|permitted) to (?:view|access|see) this|access to this (?:page|site|resource) (?:is|has been) (?:denied|blocked|forbidden)|your (?:request|access|ip(?: address)?) (?:has been|was|is) (?:blocked|denied|rejected)|you have been blocked
    (?:sie|du) (?:haben|hast) (?:leider )?(?:nicht (?:genügend|die nötigen|die erforderlichen)|keine(?:n)?) (?:rechte|berechtigung|zugriff)|(?:ihr|der) zugriff (?:auf diese seite )?wurde (?:verweigert|blockiert|gesperrt)
    vous n[’']avez pas (?:les droits|l[’']autorisation|la permission|accès)|votre (?:accès|demande|requête) a été (?:bloquée?|refusée?)
    (?:usted )?no tiene(?:s)? (?:permiso|acceso|autorización|los permisos)|su (?:acceso|solicitud) ha sido (?:bloquead[oa]|denegad[oa])
    non (?:hai|ha|disponi) (?:i permessi|il permesso|l[’']autorizzazione|accesso)|l[’']accesso (?:a questa pagina )?è stato (?:bloccato|negato)
    (?:u|je) (?:heeft|hebt) (?:geen|niet (?:de juiste|voldoende)) (?:toegang|rechten|toestemming)|uw (?:toegang|verzoek) is (?:geblokkeerd|geweigerd)
    """,  # noqa: E501
)

BOT_CHECK = _phrases(
    r"""
    just a moment|one moment(?:,)? please|please wait|attention required|security (?:check|verification)|bot (?:check|verification|detection)|human verification|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you are (?:a )?human|verifying your browser|checking your browser(?: before (?:accessing|you access)[\w .-]{0,60})?|captcha|robot (?:check|or human)|ddos protection|pardon our interruption|request unsuccessful|unusual traffic
    einen moment(?:,)? bitte|nur einen moment|sicherheits(?:überprüfung|prüfung|abfrage)|sind sie ein (?:mensch|roboter)|ihr browser wird (?:überprüft|geprüft)|bitte warten
    un (?:instant|moment)(?:,)?(?: s[’']il vous plaît)?|vérification de (?:sécurité|votre navigateur)|êtes-vous (?:un )?(?:humain|robot)
    un momento(?:,)?(?: por favor)?|verificación de seguridad|comprobando (?:su|tu) navegador|¿(?:es|eres) (?:usted )?(?:un )?(?:humano|robot)\??
    solo un momento|un attimo|verifica di sicurezza|controllo del browser|sei un (?:robot|umano)\??
    een moment(?: geduld)?|beveiligingscontrole|bent u een (?:mens|robot)\??|uw browser wordt gecontroleerd
    """,  # noqa: E501
    r"""
    (?:we(?:[’']re| are) )?checking (?:your browser|if the site connection is secure|that you are human)|(?:please )?(?:verify|confirm|prove)(?: that)? you(?:[’']re| are) (?:a |not a )?(?:human|robot)|verify you are human|please (?:complete|solve) the (?:captcha|security check|challenge)|(?:our systems have detected|we(?:[’']ve| have) detected) unusual (?:traffic|activity)|your browser will redirect|this process is automatic|please (?:enable|turn on) (?:javascript|cookies)(?: and (?:cookies|javascript))?(?: \w+){0,4} to continue|to continue,? please (?:verify|confirm|enable)|something about your browser made us think
    (?:ihr browser wird|wir (?:überprüfen|prüfen) (?:ihren browser|ob sie))|bitte (?:bestätigen|bestätige),? (?:sie|du)?,? ?dass (?:sie|du) (?:ein mensch|kein roboter)|(?:bitte )?(?:lösen sie|löse) das captcha|dieser vorgang (?:ist|läuft) automatisch|bitte aktivieren sie (?:javascript|cookies)(?: \w+){0,4},? um fortzufahren
    (?:nous )?vérifi(?:ons|cation de) (?:votre navigateur|que vous êtes)|veuillez (?:confirmer|vérifier|prouver) que vous (?:êtes humain|n[’']êtes pas un robot)|ce processus est automatique
    (?:estamos )?comprobando (?:su|tu) navegador|(?:por favor,? )?(?:verifique|confirme|demuestre) que (?:no )?es (?:un )?(?:robot|humano)|este proceso es automático
    (?:stiamo )?(?:verificando|controllando) (?:il tuo|il suo) browser|(?:per favore,? )?(?:conferma|verifica) di (?:non )?essere (?:un )?(?:robot|umano)|questo processo è automatico
    (?:we )?controleren (?:uw|je) browser|(?:bevestig|controleer) dat (?:u|je) (?:een mens|geen robot) bent|dit proces (?:is|verloopt) automatisch
    """,  # noqa: E501
)

MAINTENANCE = _phrases(
    r"""
    (?:(?:site|scheduled|planned|server|system|website|shop|under|down for|routine|maintenance) )*maintenance(?: mode| work| break)?|(?:we(?:[’']ll| will) be|we[’']re|be) (?:right )?back (?:soon|shortly|later|in a (?:moment|few minutes))|(?:site|service|page|website|store|shop)?(?: is)? ?(?:temporarily|currently) (?:unavailable|offline|down|closed)|(?:error |http )*(?:500|502|503|504)(?:[\s:–—-]*(?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out))?|service (?:temporarily )?unavailable|internal server error|bad gateway|gateway time-?out|we are down for maintenance|(?:an )?(?:unexpected )?(?:error|problem) (?:has )?occurred|something went wrong|application error|server error|error establishing a database connection
    (?:geplante |derzeit )?wartung(?:sarbeiten|smodus)?|wir sind (?:gleich|bald|in kürze) (?:wieder|zurück)(?: (?:da|für sie da|online))?|(?:vorübergehend|derzeit|zurzeit|momentan) nicht (?:erreichbar|verfügbar)|interner serverfehler|dienst nicht verfügbar|es ist ein fehler aufgetreten
    (?:site |boutique )?(?:en )?(?:cours de )?maintenance(?: en cours| programmée)?|nous revenons (?:bientôt|très vite|dans un instant)|(?:service |site )?(?:temporairement|momentanément) indisponible|de retour (?:bientôt|très vite)|une erreur (?:est survenue|s[’']est produite)|erreur (?:interne )?(?:du )?serveur
    (?:sitio |web |página )?en mantenimiento|(?:tareas de )?mantenimiento(?: programado)?|volvemos (?:pronto|en breve|enseguida)|volveremos (?:pronto|en breve)|(?:servicio |sitio )?(?:temporalmente )?no disponible(?: temporalmente)?|error interno del servidor|se ha producido un error
    (?:sito )?in manutenzione|manutenzione(?: programmata| in corso)?|torniamo (?:presto|subito)|torneremo (?:presto|a breve)|(?:servizio )?temporaneamente non disponibile|errore (?:interno )?del server|si è verificato un errore
    (?:gepland )?onderhoud|onderhoudswerkzaamheden|we zijn (?:zo|snel|binnenkort) (?:weer )?terug|(?:tijdelijk|momenteel) niet (?:beschikbaar|bereikbaar)|interne serverfout|er is een fout opgetreden
    """,  # noqa: E501
    rf"""
    {_SITE_EN} (?:is|will be|has been|are) (?:\w+ )?(?:(?:undergoing|under|down for|in|closed for|offline for|unavailable due to)(?: \w+){{0,2}} (?:maintenance|work|repairs?|upgrades?)|(?:temporarily|currently|down|momentarily) (?:unavailable|offline|down|closed)|being (?:updated|upgraded|maintained))
    (?:we(?:[’']ll| will) be|we[’']re|we are|be) (?:right )?back (?:soon|shortly|later|online|in a)|we(?:[’']re| are) (?:currently |temporarily )?(?:performing|carrying out|undergoing|doing|down for|working on)(?: some| a)?(?: \w+){{0,2}} (?:maintenance|upgrade)|(?:due to|because of) (?:scheduled |planned )?maintenance|the server (?:is temporarily unable|encountered an internal error)|please (?:check|try|come) (?:back|again) (?:later|soon|shortly|in a few)
    {_SITE_DE} (?:wird|ist|befindet|steht|werden)(?: \w+){{0,4}} (?:gewartet|wartung|wartungsarbeiten|wartungsmodus|überarbeitet|nicht (?:erreichbar|verfügbar)|offline|geschlossen)|(?:wegen|aufgrund(?: von)?) (?:geplanter |dringender )?wartungsarbeiten|wir (?:führen|arbeiten)(?: \w+){{0,4}} (?:wartung|wartungsarbeiten)|wir sind (?:gleich|bald|in kürze) (?:wieder|zurück)|bitte (?:versuchen sie es|schauen sie|kommen sie|probieren sie es)(?: \w+){{0,4}} (?:später|wieder|erneut|nochmals)
    {_SITE_FR} (?:est|sera)(?: \w+){{0,3}} (?:maintenance|indisponible|fermée?|hors ligne)|(?:en raison d[’']une|suite à une) (?:opération de )?maintenance|nous (?:revenons|effectuons(?: \w+){{0,3}} maintenance)|(?:veuillez|merci de) (?:réessayer|revenir)(?: \w+){{0,2}} (?:plus tard|ultérieurement|instants)
    {_SITE_ES} (?:está|se encuentra|estará)(?: \w+){{0,3}} (?:mantenimiento|no disponible|cerrad[oa]|fuera de servicio)|(?:por|debido a) (?:tareas de |labores de )?mantenimiento|estamos (?:realizando|haciendo)(?: \w+){{0,3}} mantenimiento|volv(?:emos|eremos) (?:pronto|en breve|enseguida)|(?:por favor,? )?(?:inténtelo|inténtalo|vuelva)(?: \w+){{0,4}} (?:más tarde|luego)
    {_SITE_IT} (?:è|sarà)(?: \w+){{0,3}} (?:manutenzione|non (?:è )?disponibile|chius[oa]|offline)|(?:per|a causa di)(?: \w+){{0,2}} manutenzione|stiamo (?:effettuando|eseguendo)(?: \w+){{0,3}} manutenzione|torn(?:iamo|eremo) (?:presto|subito|a breve)|(?:si prega di )?(?:riprova|riprovare|torna)(?: \w+){{0,2}} (?:più tardi|tra poco)
    {_SITE_NL} (?:is|wordt|zijn)(?: \w+){{0,4}} (?:onderhoud|onderhouden|niet (?:beschikbaar|bereikbaar)|gesloten|offline)|(?:wegens|vanwege|door) (?:gepland )?onderhoud|we (?:voeren|zijn)(?: \w+){{0,4}} (?:onderhoud|terug)|probeer het (?:later|over)(?: \w+)?
    """,  # noqa: E501
)


_ALL = (MISSING, LOGIN, DENIED, BOT_CHECK, MAINTENANCE)
_ANY_HEAD = re.compile("|".join(kind.head.pattern for kind in _ALL), re.IGNORECASE)


def looks_headed(title: str, headings: tuple[str, ...]) -> bool:
    """Whether a title segment or heading begins with a head of any kind: a quick first look."""
    return any(_ANY_HEAD.match(text) for text in (*title_segments(title), *headings) if text)
