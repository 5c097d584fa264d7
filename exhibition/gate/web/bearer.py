"""Shared by the JSON calls of devices: who calls, and how a gate is named."""

from datetime import datetime

from flask import request
from pydantic import BaseModel

from exhibition.gate import devices

ENROLLING = "gate_api.enrol"
DEVICE = [{"device": []}]
"""The OpenAPI security requirement of a call with a device's bearer token."""


class DeviceGate(BaseModel):
    code: str
    name: str


class SlotWindow(BaseModel):
    starts_at: datetime
    ends_at: datetime


def check_device() -> None:
    """Raises Refused ``device_unknown`` and ``device_revoked`` (401). Enrolling needs none: its code is the right."""
    if request.endpoint != ENROLLING:
        devices.authenticate(device_token())


def device_token() -> str:
    """The secret of ``Authorization: Bearer …``; the access table guarantees that there is one."""
    return request.headers["Authorization"].removeprefix("Bearer ").strip()
