"""The peer of chip serve: the same status from the same SQLite file, with FastAPI and uvicorn.

Run as: DATABASE=chip.db TEMPLATE=job.json uvicorn peer_api:app. One indexed read for each request,
as such services are written; the names of the answer are those of chip's.
"""
import json
import os
import sqlite3

from fastapi import FastAPI, Response

app = FastAPI()
database = sqlite3.connect('file:%s?mode=ro' % os.environ['DATABASE'], uri=True,
                           check_same_thread=False)
with open(os.environ['TEMPLATE'], encoding='utf-8') as file:
    TEMPLATE = json.load(file)
FIELDS = {'jobId': 'id', 'status': 'status', 'stage': 'stage', 'progress': 'progress',
          'title': 'title', 'attempts': 'attempts', 'createdAt': 'created_at',
          'updatedAt': 'updated_at'}
QUERY = 'SELECT %s FROM processing_jobs WHERE id = ?' % ', '.join(FIELDS.values())


@app.get('/api/jobs/{job}')
async def get_job(job: str):
    row = database.execute(QUERY, (job,)).fetchone()
    if row is None:
        return Response('{"error":{"code":"not_found"}}', status_code=404)
    return {**TEMPLATE, **dict(zip(FIELDS, row))}
