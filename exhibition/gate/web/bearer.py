"""Shared by the JSON calls of devices: who calls, and how a gate is named."""

from datetime import datetime

from flask import request
from pydantic import BaseModel

DEVICE = [{"device": []}]
"""The OpenAPI security requirement of a call with a device's bearer token."""


class DeviceGate(BaseModel):
    code: str
    name: str


class SlotWindow(BaseModel):
    starts_at: datetime
    ends_at: datetime


def device_token() -> str:
    """The secret of ``Authorization: Bearer …``; the access table guarantees that there is one."""
    return request.headers["Authorization"].removeprefix("Bearer ").strip()
