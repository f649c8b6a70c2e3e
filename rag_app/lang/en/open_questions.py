"""What open questions in English say beside their subject.

Knows: words and patterns only. Does not know: which kinds of questions there are, or the collection.
"""

from __future__ import annotations

from rag_app.lang.en.numbers import COUNTS
from rag_app.lang.language import OpenPatterns

_COUNT = rf"(\d{{1,2}}|{'|'.join(COUNTS)})"
_PEOPLE = r"(?:people|researchers|authors|(?:recent |new(?:er)? )?(?:papers?|works?|studies|methods))"

# One or two words: "diffusion models", "chain of thought".
_GOES_ON = r"(?!(?:and|or|nor|of|which|that|in|for|on|to|but|from|with|at|by)\b)"
_THING = rf"\w[\w-]*(?: of \w[\w-]*)?(?: {_GOES_ON}\w[\w-]*)?"

# Two things set side by side: what stands before them, each of them, and what is asked behind them.
_ASKED_OF_TWO = (
    r"(?:(?:so,? )?(?:what(?:['’]?s| is| are)? )?(?:the )?(?:(?:main |key )?differences?|pros and cons|trade-?offs?)"
    r" (?:between|of) |(?:compare|comparing|comparison (?:of|between)) )"
)
_SIDE = (
    r"((?!which\b|what\b|how\b|is\b|are\b|the first\b|the second\b|it\b|them\b|this\b|that\b)[^?,.:]{1,40}?)"
)
_WHICH_OF_TWO = (
    r"(?:[,:]? (?:(?:so )?(?:which|what|who)|pros and cons|differences?|comparison|trade-?offs?)[^?]*"
    r"|,? (?:for|in|on|when|with) [^?]{1,40})"
)

OPEN_QUESTIONS = OpenPatterns(
    asking=(
        r"\b(?:what|which) (?:are|is|were|was) (?:(?:some|the|all|main|different|various|major|key|common) )*"
        r"(?:ways?|approach(?:es)?|methods?|techniques?|tricks?|ideas?|highlights?|strategies)"
        r"(?: (?:to|of|for|in|there are to))?\b",
        rf"\bhow (?:do|does|did|are|is|can|could) {_PEOPLE}\b|\b{_PEOPLE} (?:do|say|propose|suggest|use) to\b",
        rf"\bwhat (?:do|does|did|can) (?:{_PEOPLE}|they|the (?:papers?|digests?|collection)|it) "
        r"(?:say|tell(?: us)?|report|find|know|write|think)(?: about| on| of)?\b"
        r"|\bwhat is (?:said|known|written) about\b",
        r"\bfor (?:an? )?(?:absolute |complete |total )?(?:beginners?|newcomers?|novices?|starters|dummies)\b",
        r"\b(?:what|which) (?:tricks|methods|approaches|ways|techniques) (?:let|allow|help|make|exist)\b",
        r"\bi keep hearing that\b|\bwhy (?:is|are) (?:that|those|these|this|it)\b|\band why\b|\bwhy\b",
        r"\bwhat (?:do|does|did) (?:(?:new|newer|recent) )?\w+ do\b|\bwhat (?:does|do) each(?: \w+){1,3}\b",
        r"\bwhat should i (?:read|start with)(?: first)?\b|\bwhich papers? (?:should i read )?first\b",
        r"\bwhat (?:should|do|can|would) (?:we|one|you) (?:read|start with|look at|begin with)(?: first)?\b",
        r"\b(?:i'?m|i am|we'?re|we are) (?:building|making|developing|working on|trying to"
        r"|looking (?:for|to)|planning to)\b",
        r"\b(?:my|our) (?:team|group|company|lab|boss) (?:wants?|needs?|is going)(?: to)?\b",
        r"\b(?:and )?(?:say|tell) (?:me )?why\b|\b(?:i|we)(?: would|['’]d) like(?: to)?\b",
        r"\b(?:(?:i|we)(?:['’](?:m|re)| am| are) )?(?:new to|a (?:beginner|newcomer) (?:in|at|to|with))\b",
        r"\b(?:and |who )?wants? to\b|\bwhich (?:papers? )?(?:ones? )?helps?\b(?=\W*$)|\bwhy (?:those|these)\b",
        r"\b(?:like|as if) i(?:['’]?m| am| were| was) (?:an? )?"
        r"(?:five|5|ten|10|\w+ ?year|child|kid|beginner)\b(?:[- ]olds?)?",
        r"\bin (?:simple|plain|easy|layman['’]?s) (?:terms|words|english|language)\b|\bfor dummies\b"
        r"|\bto (?:an? )?(?:complete )?(?:beginners?|lay(?:man|person)|child|kid|newcomers?|\w+[- ]year[- ]old)\b",
        r"(?:^\W*|\b(?:give|find|show|suggest|recommend)(?: me| us)? )(?:something|anything)"
        r"(?: (?:good|interesting|new|worthwhile|nice))*(?: to (?:read|look at))?"
        r"(?: (?:tonight|now|this (?:evening|weekend)))?(?=\s*[?.!]*$)",
        r"\b(?:give|find|show|suggest|recommend)(?: me| us)? (?:something|anything)\b",
        r"\b(?:best|greatest|coolest|top|good|great|cool|nice|interesting|exciting)\b"
        r"(?= (?:[\w-]+ ){0,2}(?:papers?|works?|articles?|reads?|ones)\b)",
        r"^\W*(?:(?:some|good|new|interesting|a) )*papers? to read(?=\s*[?.!]*$)",
        r"\b(?:suggest|recommend)(?: me| us)?(?: (?:some|a few|good|the best))?\b|\bto get started(?: with)?\b",
        r"\b(?:for )?(?:someone|somebody|people|a (?:beginner|student|developer)) who (?:wants?|needs?)(?: to)?\b",
        r"\b(?:what|which) (?:papers? )?(?:should|would|could) (?:be read|help|be useful)(?: first)?\b|\bwhy those\b",
        r"\bwhere (?:should|do) i start\b|\b(?:i|we) (?:have|want to|would like to|need to|am|are going to)\b",
        r"\b(?:make|give me|show|build|draw|put together) (?:me )?an? (?:table|overview|summary|list)(?: of)?\b",
        r"\b(?:summari[sz]e|summary|overview|rundown|highlights?|recap|explain|describe|compare|tell me)"
        r"(?: (?:of|on|about|me))?\b",
        r"\bwhat (?:are|were|is|was) the (?:(?:main|key|big|major|hot) )?(?:themes?|topics?|developments?|news)\b",
        r"\bwhat (?:happened|was new|is new|came out|appeared)(?: in| on)?\b|\beverything that came out\b",
        r"\bwhat (?:is|are)\b|\bwhat(?:'s|s)\b|\bwhat tends? to\b",
        r"\b(?:has|have|did|does|is) (?:any|some)(?:one|body)(?: (?:ever|already|else))?"
        r"(?: (?:tr(?:y|ied)(?: (?:to|using))?|us(?:e|ed|ing)|appl(?:y|ied)|work(?:ed|ing) on))?\b|\bis there any\b",
        r"\b(?:which|what|any) (?:papers?|works?) (?:do|did|does) (?:that|this|it|so)\b|\band how\b",
        r"\b(?:what|which|who) (?:is|are|was|were)\b|\bdoes each(?: of them)? matter\b|\bgive me an?\b",
        r"\bwhy (?:does|do|did) (?:each|it|they)(?: of them)? \w+\b|\bmost (?:up)?voted\b|\bdigests? papers?\b",
        r"\b(?:only|please|pls|plz|quick(?:ly)?|briefly|the digests?|digests?|papers?|articles?)\b",
        r"\bin (?:english|korean)\b|\bby topic\b|\bgroup(?:ed)?(?: by \w+)?\b|\band what each(?: \w+){0,4}$",
    ),
    in_this_language=(r"\b(?:in|into|to) english\b", r"영어로|영문으로"),
    dividing=(
        r"\b(?:split|divide[ds]?|separate[ds]?|group(?:ed)?|sort(?:ed)?)\b.*\b(?:into|by|those)\b|\bversus\b|\bvs\b",
    ),
    points=(
        rf"\b(?:(?:at|max(?:imum)?|most|no more than|up to|under|less than|fewer than|about|only|just) )*{_COUNT} "
        r"(?:short |brief |main |key )*(?:bullet(?: point)?s?|bullets|points|lines?|sentences?)\b"
        r"(?: (?:max(?:imum)?|at (?:the )?most|tops|or (?:less|fewer|so)|only|long))*",
    ),
    name_column=(r"(?:names?|papers?|titles?|models?|benchmarks?|data ?sets?)",),
    results=(r"\b(?:results?|scores?|performance|accuracy|findings?|gains?)\b",),
    figures_asked=(
        r"\b(?:sizes?|length|numbers?|scores?|results?|accuracy|how (?:many|much|long|big)|votes?|speed"
        r"|parameters?|tokens?|cost|figures?|performance|gain|rates?)\b",
    ),
    without_before=(
        r"\b(?:without|excluding|except(?: for)?|besides|apart from|alternatives? to|but no|other than"
        r"|with no|(?:us|need|requir)(?:es?|s|ing)? no"
        r"|(?:do(?:es)? not|don'?t|doesn'?t) (?:use|need|require|rely on|involve)"
        r"|not (?:using|based on|relying on|about|on|involving))\s+(?:any |a |an |the |additional |extra )*"
        rf"({_THING}(?:,? (?:or|nor) (?:any )?{_THING})*)",
    ),
    without_after=(r"\b([\w-]+)[- ]free\b",),
    reasons=(r"\bwhy\b|\breasons?\b",),
    harms=(
        r"\b(?:los(?:s|es|ing|e)|hurt\w*|harm\w*|sacrific\w*|degrad\w*|compromis\w*|drop\w*|damag\w*|decreas\w*"
        r"|increas\w*|forget\w*|hallucinat\w*|chang\w*|break\w*|affect\w*|much|significant\w*|errors?|bias\w*"
        r"|artifacts?|overfitting|leak\w*|limits?|problems?|doubt|exception|votes?)\b",
    ),
    not_before=(r"\b(?:not|other than|instead of|rather than|except(?: for)?|excluding)",),
    not_after=(),
    denying=(r"[- ]free\b", r"\b(?:is|are) not (?:needed|required|used)\b"),
    denying_before=(
        r"\bwithout(?: (?:any|additional|extra|further|the need for))*\b",
        r"\bno(?: (?:need for|longer|additional|extra|further))*\b|\bnot (?:need|require|rely on|use)\b",
    ),
    outdone_before=(
        r"\b(?:than|unlike|outperform\w*|surpass\w*|exceed\w*|beat\w*|compared (?:to|with)|in contrast to)\b",
    ),
    needing=(
        r"\b(?:have to|must|need to)\s(?:\w+ )?(re-?train|fine-?tune|train)\b",
        r"\b(?:need|require|use|rely on|depend on|involve)\s(?:any |an? |some |extra |further |more )*"
        r"([\w][\w -]{2,40}?)(?=\s*(?:[?.!,]|$|(?:or|and|to|for|at|in|on)\b))",
    ),
    defining=(r"\b(?:is|are) (?:an?|the)\b", r"\brefers? to\b", r"\bdefined as\b", r"\bknown as\b"),
    opening=(r"an?|the|recent(?:ly)?|existing|also|generally|here|in general",),
    general_nouns=(r"(?:models?|methods?|techniques?|approach(?:es)?|algorithms?|architectures?|systems?)",),
    subject_end=(r"\s(?:is|are|refers? to|means?|uses?|works?)\b",),
    apposing=(r"\b(?:called|known as|namely|termed)\s",),
    praising=(
        r"\b(?:outperform|surpass|achiev|attention|popular|widely used|promising|remarkable|success)\w*",
    ),
    announcing=(r"\b(?:new|novel|propos\w*|introduc\w*|present(?:s|ed)?)\b",),
    comparing=(r"\b(?:than|unlike|whereas|instead of|in contrast|compared)\b",),
    mending=(r"\b(?:solv|resolv|overcom|address|mitigat|alleviat|reduc|improv)\w*",),
    definite=(r"\bwhat(?:['’]s| is| are| was| were) (?:the|its|their|his|her)\b",),
    named=(
        r"\b(?:difference|differences) between (?:an? |the )?(.+?) and\b",
        r"\bwhat (?:does|do|did) (?:the (?:term|word) )?(.+?) (?:mean|stand for|refer to)\b(?! by)",
        r"\bmean (?:by|with) (?:the (?:term|word) )?(.+?)(?=\s*(?:[,?.]|\band\b|$))",
        r"\b(?:explain|tell me|know|understand|say) what (?:an? |the )?(.+?) (?:is|are|means?)\b",
        r"\bwhat(?:'s| is| are|s)\s+(?:exactly |meant by |an? |the |(?:idea|concept|meaning|point) (?:of|behind) )*"
        r"(.+?)(?=\s*(?:[,?.]|\band (?:what|why|how|when|where|is|are|does|do)\b|$))",
        r"^\W*how (?:does|do) (?:an? |the )?(.+?) works?(?=\s*[?.!]*$)",
        r"\b(?:explain|define|meaning of|concept of)\s+(?:an? |the )?(?:(?:term|word|concept of|idea (?:of"
        r"|behind)) )?"
        r"(.+?)(?=\s*(?:[,?.]|\b(?:and|to|in)\b|$))",
    ),
    versus=(
        rf"{_ASKED_OF_TWO}?{_SIDE} (?:vs\.?|versus|compared (?:to|with)) {_SIDE}{_WHICH_OF_TWO}?\s*\?*",
        rf"{_SIDE} or {_SIDE}{_WHICH_OF_TWO}\s*\?*",
        rf"{_ASKED_OF_TWO}{_SIDE} (?:and|or|to|with) {_SIDE}(?: in (?:general|practice))?\s*\?*",
        rf"(?:is|are) {_SIDE} (?:really |actually |always |much )?(?:\w+er|better|worse|more \w+|less \w+) than"
        rf" {_SIDE}\s*\?*",
        r"(?:which|what)(?: one)? (?:is|are|works?|does|runs?|trains?|scales?|generali[sz]es?) (?:\w+ )?"
        rf"(?:\w+er|better|best|more \w+)[^,:?]{{0,30}}[,:] {_SIDE} or {_SIDE}\s*\?*",
    ),
    told_apart=(
        r"\b(?:difference|differences) between .+? and (?:an? |the )?(.+?)(?=\s*(?:[,?.]|$))",
        r"\bdiffer(?:s|ent|ence)?\b (?:from|to|than) (?:an? |the )?(.+?)(?=\s*(?:[,?.]|\band\b|$))",
        r"\bas opposed to (?:an? |the )?(.+?)(?=\s*(?:[,?.]|\band\b|$))",
    ),
    faults=(
        r"\b(?:wrong|problems?|limit(?:s|ed|ations?)?|drawbacks?|weak(?:ness(?:es)?)?|fail\w*|faults?|downsides?"
        r"|disadvantages?|shortcomings?|pitfalls?)\b",
    ),
    own_work=(r"\b(?:this|our) (?:paper|work|study|method)\b|\bwe\b",),
    contributed=(
        r"^(?:(?:in )?this (?:paper|work|study|article|report),? (?:we |the authors? )?|we |the authors? "
        r"|[a-z][\w.+-]* (?=\w+s\b))(?:propose|introduce|present|develop|release)(?:s|d|ed)?\s"
        r"(?!that\b|to\b|in\b|by\b|when\b|how\b|challenge)((?:[^.;]|\.(?=\w)|(?<=\be\.g)\.){6,})",
    ),
    contributing=(r"\b(?:propos|introduc|present|develop|releas)\w*\b|\bwe (?:show|find|train|build)\b",),
    telling=(
        r"^(?:it|we|they|this|these|there|the (?:paper|authors?|study))\b|^\w+(?:s|ed) (?:an?|the|that|to)\b",
    ),
    background=(r"^(?:recent(?:ly)?|existing|previous|traditional|despite|although|while)\b|\bhave shown\b",),
    shorter=(
        r"\b(?:short(?:er|ly)?|brief(?:er|ly)?|concise(?:ly)?|in (?:one|a|two) sentences?|condense|tl;?dr)\b",
        r"(?:\b(?:keep|make|put|cut|limit) (?:it|this|that|the answer) (?:to )?)?\b"
        r"(?:(?:at most|max(?:imum)?|under|below|less than|no more than|within|about|up to) )+\d{2,3} words?\b",
    ),
    longer=(r"\b(?:long(?:er)?|more details?|in detail|elaborate|expand|tell me more|detailed|deeper)\b",),
    as_table=(r"\btab(?:le|ular)\b",),
    bulleted=(
        r"\b(?:now )?(?:in|as|with|into|using) (?:a )?bullet(?:ed)?(?: points?| list| form)?s?\b"
        r"|\bbullet points?(?: please)?\b",
    ),
    tabling=(
        r"\b(?:in|as|into) an? (?:\w+ )?table\b|\btabulate\b|^(?:a )?(?:\w+ )?table (?:of|with|for|comparing)\b",
        r"\b(?:make|give me|show|build|draw|create|want|need|like)(?: me)? an? (?:\w+ )?table\b",
    ),
    only=(r"\b(?:only|just) (?:the ones|those|papers|the papers|ones|these)?\b",),
    aspects_of=(
        r"(?:what are |list )?(?:the |some )?(?:main |key |current |biggest |major |known )*(?:pros and cons"
        r"|(?:dis)?advantages?"
        r"(?: and disadvantages?)?|drawbacks?|limitations?|limits|weakness(?:es)?|challenges?|open (?:problems?"
        r"|questions?)|problems?"
        r"|issues|downsides?|benefits?|strengths?(?: and weaknesses)?|future (?:directions?|work)|risks?"
        r"|pitfalls?|failure modes)"
        r" (?:of|in|with|for|facing|about) (?:using |the )?([^?]{2,60}?)\s*\?*",
        r"([^?]{2,40}?) (?:limitations|drawbacks|pros and cons|downsides|challenges|(?:dis)?advantages"
        r"|weaknesses)\s*[?.]*",
    ),
    near=(
        r"\bclose(?:st)? to\b|\b(?:else|anything|something|papers?|works?|more|methods?|ones?|is) like\b",
        r"\balternatives? to\b",
        r"\b(?:neighbou?rs?|relatives|kind|vein) of\b|\bresembl|\balong the lines\b|\bsame (?:idea|approach|line)\b"
        r"|\b(?:enjoyed|liked)\b|\bfollow[- ]?ups? (?:to|of|work)\b|\bsuccessors?\b|\bnearest\b",
    ),
    alike=(
        r"\b(?:similar|alike|comparable|related)\b|\blike (?:it|this|that|these|the (?:first|second|third|last))\b",
        r"\blike (?:number|no\.?|paper|#) ?#?\d",
    ),
    of_those=(
        r"\b(?:of|among|from) (?:these|those|them)\b|\bthose (?:that|which|with|who)\b",
        r"\b(?:which|what) ones\b|\bthe ones? (?:on|about|with|that|which|for|from|using)\b|\b(?:do|does|are"
        r"|is) any\b",
        r"^\W*(?:and |ok |so )?any (?:about|on|with|that|using)\b",
        r"^\W*(?:and |ok |so )?which (?:(?:are|can)(?! (?:the|i|we|you|more|most|less|least|better|best"
        r"|(?:fast|small|larg|new|old|cheap|great|bigg|high|low|strong|weak|earli|lat)e(?:r|st))\b)|use|deal|work|focus|run|handle|target"
        r"|need|rely|apply|address)\b(?! (?:more|most|less|least|fewer)\b)",
    ),
    columns_told=(
        r"\bwith (?=(?:the|their|its|columns?|how)\b)(?:columns?(?: for)? )?([^.?!:()]+)",
        r"\btable\b[^.?!:()]*?\bwith (?=[^.?!:()]*(?:,| and ))(?:columns?(?: for)? )?([^.?!:()]+)",
    ),
    columns_asked={
        "parameters": r"\bparam|\bmodel size",
        "resolution": r"\bresolution",
        "bits": r"\bbits?\b|\bprecision\b",
        "speed": r"\bspeed|\btime\b|\blatency|\bfast|\bhow long\b",
        "memory": r"\bmemory|\bhardware|\bgpus?\b",
        "questions": r"\bquestions\b|\bproblems\b",
        "human": r"\bhumans?\b|\bpeople\b",
        "data": r"\bdata ?sets?\b|\bdata\b|\bcorp(?:us|ora)\b|\btrained on\b",
        "input": r"\binputs?\b",
        "licence": r"\blicen[cs]e",
        "purpose": r"\bpurpose|\btasks?$|\bused? for\b|\bwhat (?:it|they|for)\b|\btests?\b",
        "faults": r"\blimit|\bweak|\bdrawback|\bdownside|\bfail",
        "method": r"\bmethods?\b|\bapproach|\bhow (?:it|they) works?\b|\b(?:key |main )?ideas?\b|\btechnique",
    },
    columns_said={
        "questions": r"\d[^.,;]{0,16}?(?:questions?|problems?|QA pairs?)\b",
        "parameters": r"(?<![\w-])(?-i:\d+(?:\.\d+)?\s?[BM]\b)|\bparameters?\b",
        "resolution": r"\d{3,4}\s?[x×*]\s?\d{3,4}|\b\d{3,4}p\b|\b[248]K\b|\bresolution",
        "bits": r"\d(?:\.\d+)?[- ]?bits?\b|\b(?:INT|FP)\d|\bW\dA\d",
        "speed": r"\d\s?(?:s|ms|seconds?|minutes?|fps)\b|\d\s?(?:x|×|times) (?:faster|speed)|\bspeed|\blatency",
        "memory": r"\bGB\b|\bmemory|\bGPUs?\b",
        "human": r"\bhumans?\b|\bpeople\b",
        "data": r"\bdata ?sets?\b|\bcorp(?:us|ora)\b|\btraining data\b",
        "input": r"\binputs?\b|\bfrom (?:a |an )?(?:single )?(?:image|text|video|photo)",
        "licence": r"\blicen[cs]e|\b(?:Apache|MIT|GPL|BSD|CC[- ]BY|OpenRAIL)\b",
        "purpose": r"\bfor\b|\bto (?:evaluate|test|measure|train)\b",
        "faults": r"\blimit|\bfail|\bstruggl|\bhowever\b",
        "method": r"\bpropos|\bintroduc|\busing\b|\bby\b",
    },
    made_things={
        "benchmark": r"bench(?:mark(?:s|ing)?)?\b",
        "data": r"\bdata ?sets?\b|\bcorp(?:us|ora)\b",
        "survey": r"\bsurveys?\b|\breviews?\b|\bsurveying\b",
    },
    counting=(r"\b(?:sizes?|lengths?|how (?:big|large|many|long)|(?:total )?numbers? of|counts?)\b",),
    sizes=(
        r"\d[\d,.]*\s?(?:[BMKT]\b|million|billion|trillion|tokens|hours|questions|images|videos|samples|pairs)",
    ),
    negating=(
        r"\b(?:not(?! only)|never|cannot|unable|fail(?:s|ed)? to|(?<!with or )without|none(?! other)|neither)\b",
        r"n['’]t\b|\bno (?!\w+ than\b|matter\b|doubt\b|\d)",
    ),
    hinting=(
        r"\b(?:no|without|none|nor|lack\w*|fail\w*|hard|difficult\w*|challeng\w*|less|rather|instead|limit\w*"
        r"|eliminat\w*|avoid\w*|prevent\w*|remov\w*|despite|unlike|impossible|insufficient|poor\w*|only|free"
        r"|un\w{4,}|in(?:ab|ad|capab|complet|correct|dependen|effic|stab|accura|consist)\w+|\w+less|regardless"
        r"|beyond|ignor\w*|overlook\w*|miss\w*|neglect\w*|keep\w*|maintain\w*|preserv\w*|not)\b",
    ),
    silence=(
        r"\b(?:do|does|did)(?: not|n['’]t) (?:explicitly |specifically |directly )?(?:mention|state|specify|say)\b",
        r"\b(?:digest|paper|text|summary|study|authors?)s? (?:do|does|did)(?: not|n['’]t)"
        r" (?:explicitly |specifically )?(?:discuss|report|indicate|describe)\b",
        r"\bno (?:explicit )?(?:mention|information|details?) (?:of|about|on)\b"
        r"|\b(?:is|are|was|were) not (?:mentioned|stated|specified|discussed)\b",
    ),
    exceeding=(
        r"(?<!rather )(?<!other )(?<!less )(?<!fewer )\bthan\b"
        r"|\b(?:outperform\w*|surpass\w*|exceed\w*|beat(?:s|en|ing)?|outdo\w*|superior to)\b",
    ),
    perhaps_exceeding=(r"\b(?:beyond|above|over|ahead|unlike|superior|compared|more|than)\b",),
    from_to=(
        r"\bfrom (?:\w+ ){0,3}?(\d[\d,]*(?:\.\d+)?)\S*(?: \S+){0,6}? to (?:\w+ ){0,3}?(\d[\d,]*(?:\.\d+)?)",
    ),
    rising=(
        r"\b(?:increas|improv|enhanc|boost|outperform|surpass|exceed|higher|better|faster|rais|grow|greater)\w*",
    ),
    falling=(
        r"\b(?:decreas|reduc|lower|drop|declin|worse|slower|degrad|diminish|shrink|deteriorat|underperform)\w*",
    ),
    lacking=(
        r"\b(?:lack(?:s|ed|ing)?|without|insufficient\w*|inadequate\w*|poor(?:ly)?|few(?:er)?|little|scarc\w+"
        r"|absen(?:t|ce)|missing|deficien\w+|low(?!-rank)|weak\w*|shortage|sparse\w*|limited|rarely|hardly)\b",
    ),
    abounding=(
        r"\b(?:high(?:ly)?(?!-)|rich(?:ly|er)?|abundan\w+|ample|plent\w+|sufficient(?:ly)?|enough|detailed"
        r"|extensive(?:ly)?"
        r"|strong(?:ly)?|excellent|great(?:ly)?|full(?:y)?)\b",
    ),
    linking=(
        r"^(?:also|moreover|furthermore|in addition|additionally|however|thus|therefore|meanwhile|in particular"
        r"|especially|specifically|first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|lastly"
        r"|(?:to|for) (?:(?:do|address|solve|achieve|overcome) )?(?:this|that|these)"
        r"(?: (?:end|purpose|problems?|issues?))?"
        r"), +",
    ),
    leaning=(r"^(?:these|those|this|such|it|they|however|therefore|thus|also|moreover|in addition)\b",),
)
