package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Token is a stored token; the secret itself is not kept. Times are UTC with seconds.
type Token struct {
	ID        string // UUID, to name the token in lists and revocations
	Actor     domain.Actor
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time // zero if it was not revoked
}

// MaxLife is the longest time a token may live.
const MaxLife = 2 * 365 * 24 * time.Hour

// prefix makes a leaked token easy to search for.
const prefix = "mj_"

var accountForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)

// issue checks the grant and makes the token with its secret.
func issue(actor domain.Actor, life time.Duration, now time.Time) (Token, string, error) {
	if err := domain.Require(checkAccount(actor.Account), checkScope(actor), checkLife(life)); err != nil {
		return Token{}, "", err
	}
	var random [32]byte
	if _, err := rand.Read(random[:]); err != nil {
		return Token{}, "", err
	}
	now = now.UTC().Truncate(time.Second)
	secret := prefix + base64.RawURLEncoding.EncodeToString(random[:])
	return Token{ID: uuid.NewString(), Actor: actor, CreatedAt: now, ExpiresAt: now.Add(life)}, secret, nil
}

func checkAccount(account string) *domain.Fault {
	if accountForm.MatchString(account) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "token.account.form", "account",
		"账户名应为2至64位小写字母、数字、点、下划线或连字符", "an account has 2 to 64 lower-case letters, digits, dots, underscores or hyphens")
}

func checkScope(a domain.Actor) *domain.Fault {
	if _, err := domain.ParseRole(string(a.Role)); err != nil {
		return domain.Refuse(domain.Invalid, "token.role.unknown", "role", "未知角色："+string(a.Role), "unknown role: "+string(a.Role))
	}
	anywhere := a.Role == domain.Admin || a.Role == domain.Integrator || a.Role == domain.Auditor
	switch {
	case a.Authority == "" && !anywhere:
		return domain.Refuse(domain.Invalid, "token.authority.required", "authority",
			"该角色须隶属一个机关", "this role acts within an authority: name it")
	case a.Role == domain.Inspector && a.Inspector == "":
		return domain.Refuse(domain.Invalid, "token.inspector.required", "inspector",
			"检查人员账户须对应执法检查人员名录编号", "an inspector's token names the inspector's roster id")
	case a.Role != domain.Inspector && a.Inspector != "":
		return domain.Refuse(domain.Invalid, "token.inspector.unexpected", "inspector",
			"仅检查人员账户可填写名录编号", "only an inspector's token names a roster id")
	}
	if a.Authority != "" {
		if _, err := domain.ParseAuthorityID(string(a.Authority)); err != nil {
			return domain.Refuse(domain.Invalid, "token.authority.form", "authority", "机关代码格式不正确", "the authority id is malformed")
		}
	}
	return nil
}

func checkLife(life time.Duration) *domain.Fault {
	if life >= time.Minute && life <= MaxLife {
		return nil
	}
	return domain.Refuse(domain.Invalid, "token.life.range", "expires_in",
		"有效期应在一分钟至两年之间", "a token lives between one minute and two years")
}

// digest is what is stored of a secret. A plain hash suffices for 256 random bits.
func digest(secret string) ([]byte, bool) {
	if !strings.HasPrefix(secret, prefix) || len(secret) != len(prefix)+43 {
		return nil, false
	}
	h := sha256.Sum256([]byte(secret))
	return h[:], true
}
