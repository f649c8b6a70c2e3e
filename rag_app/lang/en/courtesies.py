"""What English questions say to be polite, in a hurry or among friends, and that asks for nothing."""

from __future__ import annotations

_YOU = r"(?:you|anyone|anybody|someone|somebody|any of you)"
_END = r"(?=[\s.!?~,;:)]*(?:$|[.!?,;]\s))"
_SO = r"(?:so|really|very|quite|just|truly|greatly|kindly)"
# what a request goes on with, so that "hi" before it is none of its words
_REQUEST = (
    r"(?=(?:i|we|can|could|would|will|do|does|did|what|which|who|how|why|when|where|any|is|are|please|pls"
    r"|show|list|find|give|tell|got|have|looking|need|want)\b)"
)

_ROLE = (
    r"(?:student|researcher|engineer|developer|scientist|professor|teacher|lecturer|postdoc|intern|beginner|newbie"
    r"|newcomer|hobbyist|journalist|manager|practitioner|librarian|programmer)s?"
)
_OTHERS = (
    r"(?:advis[oe]r|supervisor|boss|manager|professor|prof|teacher|colleague|coworker|friend|(?:team )?lead|team|client"
    r"|customer|mentor|pi)s?"
)
_WORK = (
    r"(?:thesis|dissertation|class|course|homework|assignment|report|presentation|talk|slides|essay|seminar"
    r"|journal club|reading group|literature review|lit review|blog(?: post)?|newsletter|school project|term paper)"
)
_LANGUAGE = r"(?:english|korean|japanese|chinese)"

_CHAT = r"(?:lol|lmao|rofl|haha(?:ha)*|hehe|tbh|imho?|imo|btw|fyi|omg|ngl|idk|bro|dude|mate|buddy|rn|atm)"

COURTESIES = (
    # a word on the answer before, before what is asked next
    r"^\W*(?:perfect|great|cool|nice|awesome|excellent|got it|thanks?|thx)(?: (?:a lot|so much))?[!.]+\s+(?=\w)",
    r"^\W*(?:ok(?:ay)?,? )?(?:let['’]?s |can we |i want to )?(?:(?:go(?:ing)?|get|come|move) )?back to "
    r"(?=the (?:(?:very )?(?:first|second|third|fourth|last|previous|original)|(?:whole )?list|paper|top)\b"
    r"|(?:it|paper|number)\b|#)",
    # greetings and excuses, before what is asked
    r"^\W*(?:hi|hiya|hello|hey|heya|yo|greetings|good (?:morning|afternoon|evening|day)|dear (?:all|team|friends?))"
    rf"(?: (?:there|everyone|everybody|all|folks|team|guys|again))?(?:\s*[,.!:~]+\s*|\s+[–—-]+\s+|\s+{_REQUEST})",
    rf"(?:^|(?<=[.!?,] ))(?:(?:i'?m|i am) )?(?:{_SO} )?(?:sorry|apologies)(?: (?:to (?:bother|trouble|ask|disturb)"
    r"|for (?:bothering|troubling|disturbing|asking|the (?:bother|trouble|question)))(?: (?:you|this|again))*)"
    r"[,.!:]*\s*(?:but )?",
    r"(?:^|(?<=[.!?,] ))(?:excuse me|pardon me|(?:a )?(?:quick|silly|dumb|stupid|simple|short) question"
    r"|just (?:curious|wondering)|out of curiosity|(?-i:asap)|urgent(?:ly)?|help)\s*[,.:!–—-]+\s*",
    r",?\s*\bif (?:(?:you|it is|it's|that is|that's) )?(?:(?:don'?t|do not|wouldn'?t) mind|not too much trouble"
    r"|at all possible|possible|okay|ok with you)\b,?",
    # what asks for the question to be answered
    rf"\b(?:i|we)(?:'?m| am| are|'re| was| were)?(?: {_SO})? (?:wonder|wondering|wondered|curious)"
    r"(?: (?:if|whether))?\b,?",
    rf"\b(?:i|we|it)(?:'?d| would) (?:{_SO} )?(?:appreciate|be (?:{_SO} )?(?:grateful|thankful|glad|happy|great|nice"
    r"|wonderful|awesome|lovely|kind|helpful|good))(?: it)?(?: very much| a lot| so much)?(?: of you)?"
    rf" (?:if {_YOU}|to) ?(?:could|can|would|might)?\b",
    rf"\b(?:do|would) you (?:{_SO} )?mind\b(?: (?:if i ask|me asking|telling me)\b)?",
    r"\b(?:can|could|may|might) i (?:please |just )?(?:ask|know|bother you)\b(?: you)?(?: (?:if|whether|for))?,?",
    r"\bdo (?:you|we) (?:happen to|by any chance)\b|,?\s*\bby any chance\b,?",
    r"(?:^|(?<=[,.!?] )|(?<=\byou ))(?:please|pls|plz|kindly)\b|,?\s*\b(?:please|pls|plz)" + _END,
    # who asks, what for and in which language the answer is wanted, which is read apart
    rf"(?:^|(?<=[.!?,] ))(?:(?:i'?m|i am|we'?re|we are|as)) (?:an? |the )?(?:[\w'’-]+ ){{0,3}}{_ROLE}"
    r"(?: (?:at|from) [\w' ]{1,30})?[.!;,]+\s*(?:and |so )?",
    rf"\b(?:my|our) {_OTHERS} (?:just )?(?:told|asked|wants?|said|recommended|suggested|needs?|would like|is asking)"
    r"(?: (?:me|us))?(?: that)?(?: (?:to|(?:i|we) should|(?:i|we) (?:need|have) to))?"
    r"(?: (?:look (?:at|into)|read(?: up)?(?: on| about)?|check(?: out)?|learn about|know about|find out about))?",
    rf"\bfor (?:my|our|an?) (?:[\w'’-]+ )?{_WORK}\b,?(?: (?:i|we)(?:'?m|'?re| am| are)?"
    r" (?:need|want|looking for|searching for|collecting))?",
    rf"\b(?:answer|reply|respond)(?: me| to me)? (?:only )?in {_LANGUAGE}\b[.,:;]*(?: and\b)?",
    rf"\bi (?:don'?t|do not|can'?t|cannot|only) (?:speak|read|understand|know) (?:any )?{_LANGUAGE}\b[.,:;]*"
    r"(?: (?:so|and|but)\b)?",
    r"(?<=[.!?] )(?:what do (?:we|you) have|what have (?:we|you) got"
    r"|(?:any|got any) (?:papers?|ideas?|thoughts?|suggestions?|pointers?|recommendations?|tips?|leads?|luck)|thoughts"
    r"|suggestions|ideas)\s*(?=\?)",
    # as typed on a phone
    r"(?-i:\b(?:r|u|ur|abt|sth|smth)\b)(?!['’])|(?<=\bhow )2(?= [a-z])",
    # thanks and chat, behind it
    r"(?:^|(?<=[.!?,;] )|(?<=\w )(?<!\band )(?<!\bon )(?<!\bof )|(?<=\w, ))"
    r"(?:many |much |a lot of )?(?:thanks?(?: you| u)?|thx|thnx|tysm|ty|cheers"
    r"|much appreciated|any help (?:is|would be) (?:\w+ )?(?:appreciated|great|welcome|nice))"
    r"(?: (?:so|very|again|a|in|much|lot|bunch|ton|million|advance|for|your|the|all|help|time|effort))*"
    + _END,
    r",?\s*\b(?:help me(?: out)?|help out|help (?:is )?(?:needed|wanted))" + _END,
    r",\s*help" + _END,
    rf"^{_CHAT}\b[,.!]*\s+(?!\w+ion\b)|,?\s*\b{_CHAT}" + _END,
    r"^(?:ok(?:ay)?|well|alright|right|hmm+|um+|uh+)\s*[,.!…]+\s*",
)
