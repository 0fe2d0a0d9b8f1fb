/**
 * Turns of phrase that an English-speaking engineer has to read twice, each with the reason and with what to say
 * instead. A row is precise rather than complete: it must not match a sentence that is good English.
 */
export interface Phrase {
  readonly pattern: RegExp;
  /** Where it is looked for: in sentences, or in identifiers. */
  readonly within: "prose" | "code";
  readonly why: string;
  readonly instead: string;
}

const BE = "(?:is|are|was|were|be|been|being)";
/** Words after which a form of "to be" with "there" is a statement: "is there" and not "is there a …". */
const ENDS_CLAUSE =
  "(?=[.,;:)'\"]|$| (?:and|or|but|before|yet|already|twice|anyway|since|when|while|only|once|with|again|then)\\b)";
/** Persons may well be told something. */
const PERSON = "(?:[Uu]sers?|readers?|administrators?|publishers?|callers?|people|somebody|nobody)";

function prose(pattern: string, why: string, instead: string): Phrase {
  return { pattern: new RegExp(pattern, "gu"), within: "prose", why, instead };
}

function code(pattern: string, instead: string): Phrase {
  return { pattern: new RegExp(pattern, "gu"), within: "code", why: "a name says what it is", instead };
}

export const PHRASES: readonly Phrase[] = [
  prose(
    "\\b[Ww]ho(?:m|se)?ever\\b|\\b(?:[Ff]or|[Tt]o|[Ww]ith|[Ff]rom|by|than|at) who\\b|[;:] who\\b(?![^.;]*\\?)",
    "'who' without a noun before it is not an English subject",
    "'users who …', 'a client that …', 'anyone who …', 'regardless of which …'",
  ),
  prose(
    "(?:^|[.!?]\\*{0,2} )Who\\b(?![^.]*\\?)",
    "'Who …' begins a question",
    "name the subject: 'A client that …', 'Users who …'",
  ),
  prose(
    "\\b(?:tells?|told|telling)\\b(?:[^.;:]{0,50})\\bapart\\b",
    "the usual word is shorter",
    "distinguish(es)",
  ),
  prose(
    `(?<!\\b${PERSON} (?:who )?)\\b${BE} (?:not |only |never |also |then |still |once )*told\\b(?! to\\b)`,
    "only persons are told something",
    "is reported, is shown, is listed, is given, is notified",
  ),
  prose(
    "\\b[Tt]ells? (?:of|how|whether|which|why|what|where|its|their|as|when|the same)\\b|\\b[Tt]ells? from\\b|(?<=\\w )tells?(?=[.;|]|$)",
    "only persons tell something",
    "reports, says, shows, describes, notifies",
  ),
  prose(
    `(?<!\\b[Tt]here )\\b${BE} no (?!longer|more\\b|one\\b|less|fewer|\\w+er\\b (?:than|and)|different|other than|good\\b|use\\b|match\\b)`,
    "English negates the verb",
    "is not a …; 'not a version'",
  ),
  prose(
    `(?<!\\b[Tt]here )\\b${BE} none\\b`,
    "English negates the verb",
    "is not one of …, is unknown, does not exist",
  ),
  prose(
    `(?<!\\b[Tt]here )\\b${BE} (?:not |still |already |always |yet |once |only )?there\\b${ENDS_CLAUSE}`,
    "nothing is 'there' without a place",
    "exists, is present, is available, is installed",
  ),
  prose("\\b[Rr]uns already\\b|\\balready runs\\b", "the state lasts", "is already running"),
  prose(
    "\\blooked (?:at|into|upon)\\b|\\b[Ll]ooks? (?:whether|who|what|which|again)\\b|^Looks? (?:at|into)\\b",
    "the field says what is done",
    "check, read, inspect, poll",
  ),
  prose(
    "\\b(?:a|an|each|every|first|next|single|one|last|further|second|the) looks?\\b(?! (?:like|for|as|at\\b))",
    "the field says what is done",
    "a check, a poll",
  ),
  prose(
    "\\blooks? after\\b|\\blooking after\\b",
    "the field's word is another",
    "manage, administer, maintain",
  ),
  prose(
    "\\b(?:do|does|did|must|to|would|will) (?:not |only |no longer )count(?=[.,;:)]|$| (?:and|but|until|for|then|if|when|as|again)\\b)",
    "a value applies or is ignored",
    "is ignored, does not apply",
  ),
  prose(
    "\\b(?:defaults?|files?|keys?|values?|what|which|that|it|they|only \\w+) counts?(?=[.;:)]|$| (?:for|until|only|even|while|no more|again|too)\\b)",
    "a value applies, is valid, or matters",
    "applies, is valid, matters, is used",
  ),
  prose(
    "\\b(?:[Tt]ak(?:es?|ing|en)|took) (?:it |them |this |\\w+ \\w+ )?up\\b(?! (?:to|space|room|the space))",
    "translated",
    "resume, continue, adopt",
  ),
  prose("\\b(?:goes|went|go|gone) on\\b(?! (?:a|an|to the)\\b)", "translated", "continue, resume"),
  prose("\\banew\\b", "archaic", "again, from the start; start over"),
  prose("\\bbear(?:s|ing)? with\\b|\\bbore with\\b", "translated", "tolerate"),
  prose(
    "^What (?!is\\b)[^.?]{0,70}\\b(?:needs?|works? with|work on|goes by|hands? in|is handed in)(?:\\.|$| (?:to|of|from|for|at)\\b)|^What [^.?]{0,60}\\b(?:is|are) (?:made|a function) of(?:\\.|$|:)|^What (?:one|a \\w+) [^.?]{0,50} with(?:\\.|$)",
    "a comment says a fact that the name does not",
    "delete it, or state the fact; 'Dependencies of `x()`.'",
  ),
  prose(
    "(?:^|[.!?] )Beside (?![^,]* (?:lies?|is|are) )[^.:;]{1,60},|, beside\\b|\\b(?:nothing|anything|something|everything|nobody|others?|none) beside\\b(?! (?:it|them|the|`|`x`)\\b)|\\b(?:short|long|small|little|cheap|takes) beside\\b|\\b[Bb]eside (?:that|those|these|which)\\b",
    "'beside' is a place",
    "besides, in addition to, next to, compared with",
  ),
  prose("\\b[Tt]ill\\b", "colloquial", "until; 'in full' for 'till its end'"),
  prose(
    "(?:^|[.,;:(] |\\bthat |\\bso )[Aa]lso (?:while|when|if|where|then|after|before|those|that|the|one|a|an|in|of|with|without|at|on|what|which|whose|during|because|such|as|later|no|not|ours|this|these|there|through)\\b",
    "'also' does not open a clause",
    "even while, including, as well; put it after the verb",
  ),
  prose("\\b(?:an|the) own\\b", "'own' needs an owner", "its own, their own, a separate"),
  prose("\\bone (?:word |argument )?too many\\b", "not idiomatic", "unexpected argument; 'beyond the limit'"),
  prose("\\bbelongs? into\\b", "translated", "belong in"),
  prose(
    "\\bin (?:that|the|this) (?:same |very )?moment\\b",
    "translated",
    "at that moment, meanwhile, just then",
  ),
  prose(
    "\\blet(?:s|ting)? (?:\\w+ )?go\\b|\\bget(?:s|ting)? rid\\b",
    "translated",
    "release, give up, close",
  ),
  prose("(?:^|[.!?] )(?:That|Those) of\\b", "a sentence needs its noun", "repeat the noun"),
  prose(
    "\\bwhat is(?: not)? so\\b|\\b(?:and|so) (?:so )?(?:is|are|does|do) so\\b",
    "says nothing",
    "the state, the facts; say which",
  ),
  prose(
    "\\b(?:[Hh]e|[Hh]is|[Hh]im|[Hh]imself|[Ss]he|[Hh]er|[Hh]ers|[Hh]erself)\\b",
    "a user is anybody",
    "they, their, them",
  ),
  prose(
    "\\b(?:would|could|must|should|might|can|will|may|it|they) else\\b(?! (?:be (?:done|said|known)))",
    "translated",
    "otherwise",
  ),
  prose("\\bhears? (?:why|of|what|how|about|whether)\\b", "programs do not hear", "is notified, receives"),
  prose(
    "\\b[Nn](?:othing|obody) must\\b",
    "'must not' has another subject",
    "'must not … anything', 'may not'",
  ),
  prose("\\blengths? of time\\b", "the field's word is shorter", "duration, interval, timeout"),
  prose(
    "\\b(?:no|its own|our|their own|his) (?:affair|business|concern|trouble)\\b|\\bin vain\\b|\\bsprings? into\\b",
    "literary",
    "say what happens",
  ),
  prose(
    "\\b[Ff]rom [^.,;:]{2,40}(?<!now|then|later|there|here|that point|listened|\\d|`) on(?=[.,;:)]|$)",
    "translated",
    "from … onwards, after, starting at",
  ),
  prose(
    "\\b[Hh]av(?:e|ing) (?:a|an|the|its) \\w+ not be\\b|\\bthere (?:is|are) to be\\b",
    "not idiomatic",
    "hide, skip, exclude",
  ),
  prose(
    "\\bas it ends a sentence\\b",
    "the rule for error texts is one",
    "lower-case clause, no final period",
  ),
  prose(
    "\\bstands? (?:in|at|there|twice)\\b(?! for\\b)",
    "translated",
    "is written in, is in, appears",
  ),
  prose(
    "\\bwhere(?:ver)? (?:it|they|that|the \\w+) (?:lies?|lay)\\b|\\blies? about\\b",
    "translated",
    "its path, its place, wherever it is",
  ),
  code("\\b\\w*(?:[tT]oldProblem|ToldProblems?)\\w*\\b|\\bUNTOLD\\w*\\b", "ReportedProblem, SILENT"),
  code("\\b(?:letGo|lettingGo|letsGo)\\w*\\b", "release, releaseIdleStreams"),
  code("\\bnoStartAtSignIn\\b", "removeSignInStart"),
  code("\\b(?:isNews|isTold)\\b|\\b(?:tell|told)[A-Z]\\w*\\b", "send, report, list, shouldAnnounce"),
  code("\\b(?:lookOnce|lookAgain|LOOK_\\w+|\\w+_LOOKS?(?:_\\w+)?|looks?At)\\b", "check, poll, inspect"),
];
