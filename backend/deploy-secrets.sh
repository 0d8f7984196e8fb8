# shellcheck shell=sh disable=SC2154  # what is deploy.sh's
# The secrets of deploy.sh, which reads this file: what is given in the environment, in --env-file or by
# hand goes to Secret Manager through standard input, what is there already stays, and keys that are
# nobody's business are made up. No value is ever in an argument, in the output or in a file.

secrets='supabase-url supabase-service-role-key database-url gemini-api-key openai-api-key
    anthropic-api-key api-key chip-webhook-secret'

variable_of() { printf '%s' "$1" | tr 'a-z-' 'A-Z_'; }

# The value that was given for a secret, from the environment or from the file.
given() {
    name=$(variable_of "$1")
    eval "value=\${$name:-}"
    [ -n "$value" ] || [ -z "$env_file" ] ||
        value=$(sed -n "s/^\(export \)\{0,1\}$name=//p" "$env_file" | tail -n 1 | sed "s/^\(['\"]\)\(.*\)\1\$/\2/")
    printf '%s' "$value"
}

random_key() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

make_up() {
    case $1 in
    api-key) [ -n "$with_iam" ] || random_key ;;
    chip-webhook-secret) printf 'whsec_%s' "$(head -c 32 /dev/urandom | base64 | tr -d '\n')" ;;
    esac
}

# Puts $value into the secret $1 as its newest version.
store_secret() {
    [ -n "$exists" ] ||
        step "creating the secret $1" "$account needs the role Secret Manager Admin." \
            secrets create "$1" --replication-policy automatic
    printf '%s' "$value" | step "setting the secret $1" "$account needs the role Secret Manager Admin." \
        secrets versions add "$1" --data-file=- || exit 1
}

# What is there, is set or is made up; $have lists NAME=VERSION.
set_secret() {
    exists=''
    present=$(look secrets versions list "$1" --filter state:enabled --sort-by=~createTime --limit 1 \
        --format 'value(name)') && exists=1
    version=${present##*/}
    value=$(given "$1")
    if [ -z "$value" ] && [ -z "$version" ] && may_ask && { [ "$1" != api-key ] || [ -z "$with_iam" ]; }; then
        ask_secret "$(variable_of "$1")?"
        value=$answer
    fi
    [ -n "$value" ] || [ -n "$version" ] || value=$(make_up "$1")
    if [ -n "$value" ] && { [ -z "$version" ] ||
        [ "$(look secrets versions access "$version" --secret "$1" || :)" != "$value" ]; }; then
        store_secret "$1"
        version=$(look secrets versions list "$1" --filter state:enabled --sort-by=~createTime --limit 1 \
            --format 'value(name)') || version=''
        version=${version##*/}
        [ -z "$dry_run" ] || version=${version:-new}
    fi
    value=''
    [ -n "$version" ] || return 0
    have="$have $1=$version"
    look secrets get-iam-policy "$1" --flatten 'bindings[].members[]' --filter "bindings.members:$runner" \
        --format 'value(bindings.role)' | grep -q secretAccessor ||
        step "letting $service read the secret $1" "$account needs the role Secret Manager Admin." \
            secrets add-iam-policy-binding "$1" --member "serviceAccount:$runner" \
            --role roles/secretmanager.secretAccessor
}

has() { case " $have" in *" $1="*) true ;; *) false ;; esac }

set_secrets() {
    umask 077
    have=''
    for secret in $secrets; do
        set_secret "$secret"
    done
    has database-url || { has supabase-url && has supabase-service-role-key; } ||
        fail "jobs have to be kept somewhere that outlives an instance:" \
            "set SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY, or DATABASE_URL, then run deploy.sh again"
}
