"""The other side of the HTTP rows: a FastAPI application that does nothing.

It takes the same requests and gives the same answers as the service, the way FastAPI does by
itself: the body is declared as the request model, the answer is an instance of the response
model. `python -m tests.benchmarks.empty PORT ANSWER`, where ANSWER is a file with the answer.
"""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

from api import collector
from api.schemas import AcceptedOut, EventIn


def application(answer: AcceptedOut) -> FastAPI:
    """The application; every event gets the same answer."""
    app = FastAPI()

    @app.post("/v1/applications/{application}/events", status_code=201)
    async def post(application: str, event: EventIn) -> AcceptedOut:
        del application, event
        return answer

    @app.get("/v1/applications/{application}")
    async def poll(application: str) -> Response:
        del application
        return Response(status_code=304)

    return app


def main(port: int, answer: Path) -> None:
    """Serve on this machine until terminated."""
    told = AcceptedOut.model_validate_json(answer.read_bytes())
    collector.calm()
    uvicorn.run(
        application(told),
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
