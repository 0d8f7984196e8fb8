-- The waveform of a job's recording, for players: small enough to send as a whole.

CREATE TABLE public.job_waveforms (
    job_id     uuid PRIMARY KEY REFERENCES public.processing_jobs ON DELETE CASCADE,
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT chip.now()
);

CREATE FUNCTION public.put_waveform(
    id uuid DEFAULT NULL, lease_token uuid DEFAULT NULL, data jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_leased(put_waveform.id, put_waveform.lease_token);
BEGIN
    PERFORM chip.need(put_waveform.data IS NOT NULL, 'The argument "data" is missing.');
    INSERT INTO public.job_waveforms (job_id, data) VALUES (job.id, put_waveform.data)
    ON CONFLICT (job_id) DO UPDATE SET data = excluded.data, created_at = excluded.created_at;
    RETURN NULL;
END $$;

CREATE FUNCTION public.get_waveform(job_id uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    result jsonb;
BEGIN
    PERFORM chip.need_job(get_waveform.job_id);
    SELECT w.data INTO result FROM public.job_waveforms w WHERE w.job_id = get_waveform.job_id;
    IF NOT FOUND THEN
        PERFORM chip.fail('PT404', 'The job has no waveform yet.');
    END IF;
    RETURN result;
END $$;

REVOKE ALL ON public.job_waveforms FROM PUBLIC, anon, authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.job_waveforms TO service_role;
GRANT SELECT ON public.job_waveforms TO authenticated;
ALTER TABLE public.job_waveforms ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON public.job_waveforms TO service_role USING (true) WITH CHECK (true);
CREATE POLICY own ON public.job_waveforms FOR SELECT TO authenticated
    USING (EXISTS (SELECT FROM public.processing_jobs j
                   WHERE j.id = job_id AND j.user_id = (SELECT auth.uid())));

REVOKE ALL ON FUNCTION public.put_waveform, public.get_waveform FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION public.put_waveform TO service_role;
GRANT EXECUTE ON FUNCTION public.get_waveform TO authenticated, service_role;

INSERT INTO public.schema_migrations (version, name) VALUES (8, 'waveform');
