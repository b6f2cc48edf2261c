-- Adults and older people of every area, by the estimates of one vintage.
insert into pg_temp.population (area_code, adults, older_people)
select
    tree.ancestor_code,
    sum(population.people) filter (where population.age_group = '18plus'),
    sum(population.people) filter (where population.age_group = '65plus')
from core.population population
join core.area_tree tree on tree.area_code = population.area_code
where population.vintage = :population_vintage
group by tree.ancestor_code
