-- core.area_tree
-- Each authority with every area that it is part of: itself, its region of today, and Wales.
--   area_code: The authority.
--   ancestor_code: The area that it is part of.
--   level: Level of that area: authority, region or country.
select area_code, area_code as ancestor_code, 'authority' as level from core.area
union all
select area_code, region_code, 'region' from core.area_membership where valid_to is null
union all
select area_code, 'W92000004', 'country' from core.area
