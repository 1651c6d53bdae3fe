"""What the doors may be told from outside: environment variables RETOUR_* over built-in values."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the doors; RETOUR_RUNS=/srv/runs in the environment sets `runs`, and so on."""

    model_config = SettingsConfigDict(env_prefix="RETOUR_", frozen=True)

    runs: Path = Field(Path("runs"), description="Folder of stored runs.")
    port: int = Field(8501, ge=1, le=65535, description="Port of the app.")
    time_budget_s: float = Field(60.0, gt=0, description="Planning time where a command gives none, seconds.")


def settings() -> Settings:
    """Read the settings as they are now."""
    return Settings()
