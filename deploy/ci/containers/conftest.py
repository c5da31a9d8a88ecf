from __future__ import annotations

from collections.abc import Iterator

import pytest

from .engine import Engine, Project

BUILD_NETWORK = "deploy/ci/containers/build-network.yaml"
# The design's development file, as it is.
DEVELOPMENT = """\
DEBUG=true
DATABASE_URL=postgresql://tequipy:tequipy@postgres:5432/tequipy
REDIS_URL=redis://redis:6379/0
JWT_SECRET_KEY=dev-secret-change-in-production
CORS_ORIGINS=["http://localhost","http://localhost:3000"]
"""
# The production file, with the servers of this machine in place of managed ones.
PRODUCTION = """\
DEBUG=false
DATABASE_URL=postgresql://tequipy:for-the-app@postgres:5432/tequipy
REDIS_URL=redis://redis:6379/0
JWT_SECRET_KEY=a-secret-of-more-than-thirty-two-bytes
CORS_ORIGINS=["https://localhost"]
ENABLE_HSTS=true
COMPOSE_PROFILES=bundled
MIGRATION_DATABASE_URL=postgresql://tequipy_owner:for-the-owner@postgres:5432/tequipy
POSTGRES_PASSWORD=for-postgres
OWNER_PASSWORD=for-the-owner
APP_PASSWORD=for-the-app
EXPORTER_PASSWORD=for-the-exporter
"""


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    engine = Engine()
    try:
        engine.start()
        engine.prepare()
        yield engine
    finally:
        engine.stop()


# One after the other: they are the same project, on the same ports.
@pytest.fixture(scope="module")
def development(engine: Engine) -> Iterator[Project]:
    # Grafana and pgAdmin can't be had here; their files are checked elsewhere.
    project = Project(
        engine,
        *("compose.yaml", BUILD_NETWORK),
        env=DEVELOPMENT,
        without=("grafana", "pgadmin"),
    )
    try:
        project.up()
        yield project
    finally:
        project.down()


@pytest.fixture(scope="module")
def production(engine: Engine) -> Iterator[Project]:
    project = Project(
        engine,
        *("compose.yaml", "deploy/compose.production.yaml", BUILD_NETWORK),
        env=PRODUCTION,
        without=("grafana",),
    )
    try:
        project.up()
        yield project
    finally:
        project.down()
