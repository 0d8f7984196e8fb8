#!/bin/sh
# Brings chip to Google Cloud Run, or up to date there. DEPLOYMENT.md explains each step.
#
#   backend/deploy.sh                        asks for what it has to know
#   backend/deploy.sh --yes --project P      asks nothing: options and the environment say all
#
#   --project ID       Google Cloud project            (else GOOGLE_CLOUD_PROJECT, else gcloud's own)
#   --region NAME      where it runs                   (else CHIP_REGION, else us-central1)
#   --service NAME     what it is called               (else CHIP_SERVICE, else chip)
#   --image NAME       deploy this image; build none
#   --with-iam         Google accounts with roles/run.invoker may call, instead of who has the API key
#   --invoker MEMBER   ... such as serviceAccount:web@P.iam.gserviceaccount.com; may be repeated
#   --push             a queue keeps requests open (?wait=true), so no CPU is paid for in between
#   --env-file FILE    secrets as NAME=value lines, beside the environment, which wins
#   --dry-run          look, and say what would be done
#   --yes              ask nothing
#
# Secrets, by name in the environment or in FILE: SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY, DATABASE_URL,
# GEMINI_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, API_KEY, CHIP_WEBHOOK_SECRET. They go to Secret Manager
# through standard input and are never shown. Those that are there already need not be given again.
# CORS_ORIGINS and AI_PROVIDER are passed on as they are.
#
# Doing it again is safe: what is there is left alone, and a run that was broken off is finished.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")

project=${GOOGLE_CLOUD_PROJECT:-}
region=${CHIP_REGION:-}
service=${CHIP_SERVICE:-chip}
image='' with_iam='' invokers='' push='' env_file='' dry_run='' yes=''
check_tries=${CHIP_CHECK_TRIES:-40} check_wait=${CHIP_CHECK_WAIT:-3}

say() { printf 'deploy: %s\n' "$*"; }

fail() {
    printf 'deploy: %s\n' "$@" >&2
    exit 1
}

usage() { sed -n '2,/^set -eu/{/^set/d;s/^# \{0,1\}//;p;}' "$0"; }

while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
    --with-iam) with_iam=1 ;;
    --push) push=1 ;;
    --dry-run) dry_run=1 ;;
    --yes | -y) yes=1 ;;
    --help | -h) usage && exit 0 ;;
    --project | --region | --service | --image | --invoker | --env-file)
        [ -n "${1:-}" ] || fail "$option needs a value; see deploy.sh --help"
        case $option in
        --project) project=$1 ;;
        --region) region=$1 ;;
        --service) service=$1 ;;
        --image) image=$1 ;;
        --invoker) invokers="$invokers $1" ;;
        --env-file) env_file=$1 ;;
        esac
        shift
        ;;
    *) fail "there is no option '$option'; see deploy.sh --help" ;;
    esac
done

work=$(mktemp -d)
trap 'rm -rf "$work"; [ ! -t 0 ] || stty echo' EXIT
trap 'exit 130' INT TERM

# ---- gcloud ---------------------------------------------------------------------------------------

# Asks gcloud about something; silent when it is not there.
look() { gcloud "$@" --project "$project" --quiet 2>"$work/error"; }

# Changes something: step WHAT HINT COMMAND... With --dry-run it only says so.
step() {
    what=$1 hint=$2
    shift 2
    if [ -n "$dry_run" ]; then
        say "would run: gcloud $*"
        return 0
    fi
    say "$what"
    gcloud "$@" --project "$project" --quiet >"$work/output" 2>"$work/error" || {
        tail -n 5 "$work/error" | sed 's/^/    /' >&2
        fail "this failed: $what" "$hint" "Then run deploy.sh again; it goes on from here."
    }
}

# shellcheck source=backend/deploy-secrets.sh
. "$here/deploy-secrets.sh"

# ---- asking ---------------------------------------------------------------------------------------

may_ask() { [ -z "$yes" ] && [ -t 0 ]; }

# ask QUESTION DEFAULT; the answer is in $answer
ask() {
    printf '%s [%s] ' "$1" "$2"
    read -r answer || answer=''
    answer=${answer:-$2}
}

ask_secret() {
    stty -echo # before the question: what is typed ahead is not shown either
    printf '%s (not shown; empty: none) ' "$1"
    read -r answer || answer=''
    stty echo
    printf '\n'
}

# ---- what is needed -------------------------------------------------------------------------------

check_tools() {
    command -v gcloud >/dev/null ||
        fail "gcloud is missing. Install it from https://cloud.google.com/sdk/docs/install, then: gcloud auth login"
    command -v curl >/dev/null || fail "curl is missing; with it the new revision is checked: apt-get install curl"
    [ -f "$here/cloud-run.yaml" ] || fail "cloud-run.yaml is not beside deploy.sh; run it from a checkout of chip"
    account=$(gcloud auth list --filter=status:ACTIVE --format='value(account)' 2>/dev/null) || account=''
    [ -n "$account" ] || fail "nobody is signed in to gcloud. Run: gcloud auth login"
    for name in CORS_ORIGINS AI_PROVIDER; do
        eval "value=\${$name:-}"
        printf '%s' "$value" | grep -q '[^A-Za-z0-9:/.,*_-]' &&
            fail "$name may have letters, digits and : / . , * _ - only"
    done
    [ -z "$env_file" ] || [ -r "$env_file" ] || fail "'$env_file' of --env-file cannot be read"
}

choose_project() {
    [ -n "$project" ] || project=$(gcloud config get-value project 2>/dev/null) || project=''
    [ "$project" != '(unset)' ] || project=''
    if may_ask; then
        [ -n "$project" ] || gcloud projects list --format='table(projectId,name)' 2>/dev/null || :
        ask 'Google Cloud project?' "$project"
        project=$answer
        ask 'Region?' "${region:-us-central1}"
        region=$answer
    fi
    region=${region:-us-central1}
    [ -n "$project" ] || fail "which project? Give --project, or: gcloud config set project ID"
    printf '%s' "$service" | grep -Eqx '[a-z]([a-z0-9-]{0,28}[a-z0-9])?' ||
        fail "--service '$service': small letters, digits and hyphens, beginning with a letter, 30 at most"
    look projects describe "$project" >/dev/null ||
        fail "there is no project '$project' that $account may see. 'gcloud projects list' has those there are."
    billing=$(look billing projects describe "$project" --format='value(billingEnabled)') || billing=unknown
    [ "$billing" != False ] ||
        fail "project '$project' has no billing account, which Cloud Run needs:" \
            "https://console.cloud.google.com/billing/linkedaccount?project=$project"
    say "project $project, region $region, service $service, as $account"
}

# ---- the project ----------------------------------------------------------------------------------

enable_apis() {
    enabled=$(look services list --enabled --format='value(config.name)') ||
        fail "cannot see which APIs are enabled: $account needs the role Service Usage Viewer (or Editor) in $project"
    missing=''
    for api in run cloudbuild secretmanager artifactregistry iam; do
        printf '%s\n' "$enabled" | grep -qx "$api.googleapis.com" || missing="$missing $api.googleapis.com"
    done
    # shellcheck disable=SC2086  # a list
    [ -z "$missing" ] ||
        step "enabling APIs:$missing" "$account needs the role Service Usage Admin (or Editor) in $project." \
            services enable $missing
}

make_registry() {
    look artifacts repositories describe chip --location "$region" >/dev/null ||
        step "creating the registry chip for images" "$account needs the role Artifact Registry Administrator." \
            artifacts repositories create chip --location "$region" --repository-format docker \
            --description "Images of chip"
}

# The service runs as an account of its own, which may read its secrets and nothing else.
make_account() {
    runner=$service-run@$project.iam.gserviceaccount.com
    look iam service-accounts describe "$runner" >/dev/null ||
        step "creating the account $runner" "$account needs the role Service Account Admin." \
            iam service-accounts create "$service-run" --display-name "chip on Cloud Run"
}

# ---- the image ------------------------------------------------------------------------------------

# The commit; with what is not committed, a name for exactly that.
tag_of_checkout() {
    tag=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null) ||
        fail "this is no git checkout, so the image has no name: give --image"
    if [ -n "$(git -C "$root" status --porcelain)" ]; then
        tag=$tag-$({ git -C "$root" diff HEAD && git -C "$root" ls-files -o --exclude-standard -z |
            (cd "$root" && xargs -0 cat); } | cksum | cut -d ' ' -f 1)
    fi
}

build_image() {
    [ -z "$image" ] || return 0
    tag_of_checkout
    image=$region-docker.pkg.dev/$project/chip/chip:$tag
    look artifacts docker images describe "$image" >/dev/null ||
        step "building $image (some 15 minutes the first time)" \
            "The log of the build says why: gcloud builds list --limit 1 --project $project" \
            builds submit "$root" --config "$here/cloudbuild.yaml" --substitutions "_IMAGE=$image"
}

# A name such as :latest may mean another image tomorrow; its digest does not.
name_image_by_digest() {
    digest=$(look artifacts docker images describe "$image" \
        --format 'value(image_summary.fully_qualified_digest)') || digest=''
    image=${digest:-$image}
}

# ---- the service ----------------------------------------------------------------------------------

# cloud-run.yaml with everything filled in but names that change each time.
render() {
    sed -e "s|\${SERVICE}|$service|; s|\${PROJECT}|$project|; s|\${SERVICE_ACCOUNT}|$runner|" \
        -e "s|\${IMAGE}|$image|; s|\${CORS_ORIGINS}|${CORS_ORIGINS:-}|; s|\${AI_PROVIDER}|${AI_PROVIDER:-}|" \
        "$here/cloud-run.yaml" >"$work/service.yaml"
    for secret in $secrets; do
        if has "$secret" && { [ "$secret" != api-key ] || [ -z "$with_iam" ]; }; then
            version=$(printf '%s' "$have" | tr ' ' '\n' | sed -n "s/^$secret=//p")
            edit "s/name: $secret, key: latest/name: $secret, key: \"$version\"/"
        else
            edit "/name: $secret, key: latest/d"
        fi
    done
    edit '/name: CORS_ORIGINS, value: ""/d; /name: AI_PROVIDER, value: ""/d'
    [ -z "$push" ] || edit 's/cpu-throttling: "false"/cpu-throttling: "true"/; s/CHIP_PUSH, value: "0"/CHIP_PUSH, value: "1"/'
    if [ -n "$with_iam" ] && ! has supabase-url; then
        edit 's/CHIP_ALLOW_OPEN, value: "0"/CHIP_ALLOW_OPEN, value: "1"/'
    fi
    hash=$(cksum <"$work/service.yaml" | tr ' ' '-')
}

edit() {
    sed "$1" "$work/service.yaml" >"$work/edited"
    mv "$work/edited" "$work/service.yaml"
}

# The revision that gets all traffic; '' without a service.
find_live() {
    live=$(look run services describe "$service" --region "$region" --flatten 'status.traffic[]' \
        --format 'csv[no-heading](status.traffic.percent,status.traffic.revisionName)' |
        sort -t , -rn | sed -n '1s/^[1-9][0-9]*,//p') || live=''
}

url_of_service() {
    url=$(look run services describe "$service" --region "$region" --format 'value(status.url)') || url=''
    [ -n "$url" ] || fail "the service has no address yet; run deploy.sh again in a minute"
}

# Asks until it is ready; the last answer is in $work/answer.
is_well() {
    tries=0
    while :; do
        header='' token=''
        [ -z "$with_iam" ] || token=$(gcloud auth print-identity-token 2>/dev/null) || token=''
        [ -z "$token" ] || header="header = \"X-Serverless-Authorization: Bearer $token\""
        status=$(printf '%s\n' "$header" | curl -sS -K - -m 20 -o "$work/answer" -w '%{http_code}' \
            "$1/api/ready" 2>"$work/error") || status=000
        [ "$status" != 200 ] || return 0
        tries=$((tries + 1))
        [ "$tries" -lt "$check_tries" ] || return 1
        sleep "$check_wait"
    done
}

why_not_well() {
    printf '    %s answered %s\n' "$1/api/ready" "$status" >&2
    [ ! -s "$work/answer" ] || { head -c 500 "$work/answer" | sed 's/^/    /' && echo; } >&2
}

let_in() {
    policy=$(look run services get-iam-policy "$service" --region "$region" --flatten 'bindings[].members[]' \
        --filter 'bindings.role:roles/run.invoker' --format 'value(bindings.members)') || policy=''
    wanted=$invokers
    if [ -z "$with_iam" ]; then
        wanted="$wanted allUsers"
    elif printf '%s\n' "$policy" | grep -Fqx allUsers; then
        step "closing the service to the public" "$account needs the role Cloud Run Admin." \
            run services remove-iam-policy-binding "$service" --region "$region" --member allUsers \
            --role roles/run.invoker
    fi
    for member in $wanted; do
        printf '%s\n' "$policy" | grep -Fqx "$member" ||
            step "letting $member call the service" \
                "Your organisation may forbid services that are open to all; then use --with-iam." \
                run services add-iam-policy-binding "$service" --region "$region" --member "$member" \
                --role roles/run.invoker
    done
}

deploy() {
    revision=$service-$(date -u +%y%m%d-%H%M%S)-$$
    edit "s|\${REVISION}|$revision|; s|\${HASH}|$hash|; s|\${LIVE}|${live:-$revision}|"
    [ -n "$live" ] || edit '/percent: 0, tag: candidate/d; s/percent: 100}/percent: 100, tag: candidate}/'
    step "deploying revision $revision" \
        "The log says why: gcloud run services logs read $service --region $region --project $project --limit 50" \
        run services replace "$work/service.yaml" --region "$region"
}

check_and_shift() {
    url_of_service
    candidate=https://candidate---${url#https://}
    say "checking $candidate"
    if ! is_well "$candidate"; then
        why_not_well "$candidate"
        if [ -n "$live" ]; then
            fail "the new revision is not well. All traffic stays on $live; nothing has changed for anybody." \
                "Its log: gcloud run services logs read $service --region $region --project $project --limit 50"
        fi
        fail "the service is not well. Its log: gcloud run services logs read $service --region $region" \
            "--project $project --limit 50. Mend what it says, then run deploy.sh again."
    fi
    [ -n "$live" ] || return 0
    step "giving all traffic to $revision" "Traffic is still on $live." \
        run services update-traffic "$service" --region "$region" --to-revisions "$revision=100"
    is_well "$url" && return 0
    why_not_well "$url"
    step "rolling back to $live" "Do it by hand: console.cloud.google.com/run" \
        run services update-traffic "$service" --region "$region" --to-revisions "$live=100"
    fail "with traffic the new revision was not well, so all traffic is on $live again"
}

# Whether this very thing has all traffic already, and is well.
is_there() {
    [ -n "$live" ] && [ "$(look run revisions describe "$live" --region "$region" \
        --format 'value(metadata.labels.chipdeploy)')" = "$hash" ] || return 1
    url_of_service
    is_well "$url"
}

# ---- all of it ------------------------------------------------------------------------------------

check_tools
choose_project
enable_apis
make_registry
make_account
set_secrets
build_image
name_image_by_digest
render
find_live
if is_there; then
    say "this is what runs already (revision $live)"
    let_in
elif [ -n "$dry_run" ]; then
    deploy
    let_in
    say "would check it, and then give it all traffic; the service as it would be:"
    sed 's/^/    /' "$work/service.yaml"
    exit 0
else
    deploy
    let_in
    check_and_shift
fi
[ -z "$dry_run" ] || exit 0
url_of_service
say "chip runs at $url"
if [ -n "$with_iam" ]; then
    say "who may call: gcloud run services get-iam-policy $service --region $region --project $project"
else
    say "its key: gcloud secrets versions access latest --secret api-key --project $project"
fi
